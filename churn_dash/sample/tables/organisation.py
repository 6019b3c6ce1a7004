"""Branches, staff, training, and experts' judgements. Source: METHODS E1 22–24."""

import datetime
import itertools

import numpy as np
import polars as pl

from churn_dash.sample.months import Months, day
from churn_dash.sample.people import CITIES, N_BRANCHES, N_MANAGERS, dates, words
from churn_dash.sample.tables.story import MANAGERS

_BRANCHES = tuple(f"B{i:02d}" for i in range(1, N_BRANCHES + 1))
_FAMILY = ("Li", "Wang", "Zhang", "Liu", "Chen", "Yang", "Zhao", "Huang", "Zhou", "Wu")
_GIVEN = ("Wei", "Fang", "Min", "Jing", "Lei", "Yan", "Tao", "Juan", "Qiang", "Xia", "Ning", "Hao")
_COURSES = (
    ("Wealth products", "business"),
    ("Listening to complaints", "communication"),
    ("Reading the customer's file", "crm"),
    ("Cases of saved customers", "cases"),
)
INDICATORS = {"aum_avg": 0.3, "product_count": 0.16, "txn_count": 0.2, "csat": 0.16, "tenure": 0.08, "complaints": 0.1}
"""Indicators that the experts compare, and the weights that they have in mind."""
N_EXPERTS = 5


def branches(rng: np.random.Generator, months: Months) -> pl.DataFrame:
    """The branches; each serves one city."""
    opened = day(datetime.date(1998, 1, 1)) + rng.integers(0, 20 * 365, N_BRANCHES)
    city = np.arange(N_BRANCHES) % len(CITIES)
    return pl.DataFrame(
        [
            pl.Series("branch_id", _BRANCHES),
            pl.Series("name", [f"{CITIES[c]} branch {i // len(CITIES) + 1}" for i, c in enumerate(city)]),
            words(city, CITIES, "city"),
            pl.Series("region", ["Yangtze Delta"] * N_BRANCHES),
            dates(opened, "opened_date"),
            dates(np.zeros(N_BRANCHES, dtype=np.int64), "closed_date", np.zeros(N_BRANCHES, dtype=bool)),
        ]
    )


def staff(rng: np.random.Generator, months: Months) -> pl.DataFrame:
    """The relationship managers, and a head, a lobby manager and a teller for each branch."""
    others = ("head", "lobby", "teller")
    ids = [*MANAGERS, *(f"{r[0].upper()}{b[1:]}" for r in others for b in _BRANCHES)]
    role = ["manager"] * N_MANAGERS + [r for r in others for _b in _BRANCHES]
    places = [i * N_BRANCHES // N_MANAGERS for i in range(N_MANAGERS)] + list(range(N_BRANCHES)) * len(others)
    count = len(ids)
    names = [f"{_FAMILY[a]} {_GIVEN[b]}" for a, b in zip(rng.integers(0, 10, count), rng.integers(0, 12, count), strict=True)]
    started = months.start[0] - rng.integers(30, 4_000, count)
    return pl.DataFrame(
        [
            pl.Series("staff_id", ids),
            pl.Series("name", names),
            pl.Series("branch_id", _BRANCHES).gather(places),
            pl.Series("role", role),
            dates(started, "start_date"),
            dates(np.zeros(count, dtype=np.int64), "end_date", np.zeros(count, dtype=bool)),
        ]
    )


def training_records(rng: np.random.Generator, months: Months) -> pl.DataFrame:
    """Courses of the relationship managers: about four a year each."""
    t, m = np.nonzero(rng.random((months.count, N_MANAGERS)) < 4 / 12)
    count = len(t)
    course = rng.choice(len(_COURSES), count, p=(0.4, 0.2, 0.25, 0.15))
    return pl.DataFrame(
        [
            pl.Series("record_id", [f"T{i:05d}" for i in range(1, count + 1)], dtype=pl.String),
            pl.Series("staff_id", MANAGERS).gather(m),
            words(course, tuple(c for c, _k in _COURSES), "course"),
            words(course, tuple(k for _c, k in _COURSES), "course_kind"),
            dates(months.start[t] + rng.integers(0, 28, count), "trained_at"),
            pl.Series("hours", rng.choice((2.0, 4.0, 8.0), count, p=(0.5, 0.35, 0.15))),
            pl.Series("score", np.clip(np.round(82 + 8 * rng.normal(size=count)), 40, 100)),
        ]
    )


def expert_scores(rng: np.random.Generator) -> pl.DataFrame:
    """Each expert's judgement of each pair on the scale of 1/9 to 9, close to the ratio of the weights in mind."""
    scale = np.array([1 / 9, 1 / 7, 1 / 5, 1 / 3, 1 / 2, 1, 2, 3, 5, 7, 9])
    rows = []
    for expert in range(1, N_EXPERTS + 1):
        for a, b in itertools.combinations(INDICATORS, 2):
            meant = np.log(INDICATORS[a] / INDICATORS[b]) + 0.25 * rng.normal()
            rows.append((f"P{expert}", a, b, float(scale[np.argmin(np.abs(np.log(scale) - meant))])))
    return pl.DataFrame(rows, schema=["expert_id", "indicator_a", "indicator_b", "score"], orient="row")
