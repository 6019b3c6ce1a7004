"""Who the customers are, what the bank knows of them and what it does not. Source: METHODS E1, E2, E2b."""

import datetime
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from churn_dash.marks import _
from churn_dash.sample.months import Months

ORIENTATIONS = ("product", "consumption", "service", "mixed")
EDUCATION = (_("secondary"), _("college"), _("bachelor"), _("master"))
OCCUPATIONS = (
    _("employee"),
    _("civil servant"),
    _("self-employed"),
    _("professional"),
    _("worker"),
    _("retired"),
    _("student"),
)
CITIES = ("Shanghai", "Hangzhou", "Nanjing", "Suzhou", "Ningbo", "Hefei")
N_BRANCHES, N_MANAGERS = 40, 25
AUM_MEAN, AUM_SD, AUM_INCOME = 10.8, 1.4, 0.5
AGE_MEAN, AGE_SD = 43.0, 14.0

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class People:
    """One entry a customer, in the order in which they joined. Arrays of length n."""

    join: Ints  # month of joining; negative: before the first month
    open_day: Ints
    corporate: Flags
    female: Flags
    birth_day: Ints
    z_income: Floats
    education: Ints
    occupation: Ints
    branch: Ints
    manager: Ints
    orientation: Ints
    loyalty: Floats  # unmeasured
    bond: Floats  # unmeasured: how close the relationship manager is
    log_aum: Floats  # the level to which the customer's assets return
    silent_digital: Flags
    payroll: Flags
    consent: Flags
    special: Flags
    appetite: Ints
    referrer: Ints  # place of the referring customer, -1 for none
    pace: Floats  # transactions a month
    logins: Floats  # logins a month
    cards: Floats  # card transactions a month, if a card is held

    def __len__(self) -> int:
        return len(self.join)

    @property
    def city(self) -> Ints:
        return np.asarray(self.branch % len(CITIES), dtype=np.int64)

    @property
    def ids(self) -> pl.Series:
        return pl.Series("customer_id", [f"C{i:06d}" for i in range(1, len(self) + 1)])

    def age(self, day: Ints) -> Floats:
        """Age in years at each day, (len(day), n); companies count as of mean age."""
        years = (day[:, None] - self.birth_day[None, :]) / 365.25
        return np.where(self.corporate[None, :], AGE_MEAN, years)


def people(rng: np.random.Generator, n: int, months: Months, joiners: float = 0.4) -> People:
    """``n`` customers: a share ``joiners`` joins evenly by month, the rest 1–120 months before the first. METHODS E2b."""
    n_join = round(n * joiners)
    first = months.start[0]
    before = -rng.integers(1, 121, n - n_join)
    joined = np.arange(n_join) * months.count // max(n_join, 1)
    starts = np.array([(months.date(-m) - datetime.date(1970, 1, 1)).days for m in range(121)])
    join = np.concatenate([before, joined])
    month_start = np.where(join < 0, starts[np.clip(-join, 0, 120)], months.start[np.clip(join, 0, months.count)])
    open_day = np.minimum(month_start + rng.integers(0, 28, n), np.where(join < 0, first - 1, months.start[-1] - 1))
    order = np.lexsort((np.arange(n), open_day))
    join, open_day = join[order], open_day[order]

    corporate = rng.random(n) < 0.06
    age = np.clip(rng.normal(AGE_MEAN, AGE_SD, n), 18, 88)
    birth_day = (months.start[-1] - age * 365.25).astype(np.int64)
    birth_day = np.minimum(birth_day, open_day - 16 * 366)
    z_income = np.where(corporate, 0.0, rng.normal(size=n))
    education = np.digitize(0.5 * z_income + rng.normal(size=n) * 0.87, (-0.45, 0.25, 1.25))
    orientation = np.searchsorted(np.cumsum((0.4, 0.25, 0.25)), rng.random(n), side="right")
    consumption = orientation == 1
    log_aum = AUM_MEAN + AUM_SD * rng.normal(size=n) + AUM_INCOME * z_income + 1.5 * corporate
    silent_digital = rng.random(n) < np.clip(0.21 + 0.008 * (age - AGE_MEAN), 0.04, 0.6)
    weights = rng.gamma(4.0, size=N_BRANCHES)
    branch = rng.choice(N_BRANCHES, n, p=weights / weights.sum())
    manager = (branch * N_MANAGERS // N_BRANCHES + rng.integers(0, 2, n)) % N_MANAGERS
    occupation = np.where(age > 60, 5, np.where(age < 23, 6, rng.choice(5, n, p=(0.42, 0.13, 0.17, 0.13, 0.15))))
    established = max(int((join < 0).sum()), 1)
    referrer = np.where((join >= 0) & (rng.random(n) < 0.15), rng.integers(0, established, n), -1)
    wealth = (log_aum - AUM_MEAN) / AUM_SD
    return People(
        join=join,
        open_day=open_day,
        corporate=corporate,
        female=rng.random(n) < 0.5,
        birth_day=birth_day,
        z_income=z_income,
        education=education,
        occupation=occupation,
        branch=branch,
        manager=manager,
        orientation=orientation,
        loyalty=rng.normal(size=n),
        bond=rng.normal(size=n),
        log_aum=log_aum,
        silent_digital=silent_digital,
        payroll=(rng.random(n) < 0.45) & ~corporate & (age < 62),
        consent=rng.random(n) < 0.85,
        special=rng.random(n) < np.where(age > 70, 0.3, 0.01),
        appetite=np.searchsorted((0.35, 0.8), rng.random(n), side="right"),
        referrer=referrer,
        pace=np.exp(1.75 + 0.1 * wealth + 0.65 * rng.normal(size=n) + 0.3 * consumption - 0.3 * silent_digital),
        logins=np.where(silent_digital, 0.03, np.exp(1.7 + 0.6 * rng.normal(size=n))),
        cards=np.exp(1.4 + 0.5 * rng.normal(size=n) + 0.5 * consumption),
    )


def dates(days: NDArray[np.int64], name: str, known: Flags | None = None) -> pl.Series:
    """Day numbers as a column of dates; empty where not ``known``."""
    column = pl.Series(name, days.astype(np.int32)).cast(pl.Date)
    if known is None:
        return column
    return pl.select(pl.when(pl.Series(known)).then(column).alias(name)).to_series()


def words(codes: Ints, names: tuple[str, ...], name: str, known: Flags | None = None) -> pl.Series:
    """Codes as words; empty where not ``known`` (or where the code is negative)."""
    known = codes >= 0 if known is None else known & (codes >= 0)
    places = pl.select(pl.when(pl.Series(known)).then(pl.Series(np.maximum(codes, 0))).alias(name)).to_series()
    return pl.Series(name, names).gather(places).alias(name)


def customers(of: People) -> pl.DataFrame:
    """The contract's table ``customers``."""
    person = ~of.corporate
    ids = of.ids
    income = np.round(np.exp(9.2 + 0.5 * of.z_income), 0)
    return pl.DataFrame(
        [
            ids,
            words(of.corporate.astype(np.int64), ("personal", "corporate"), "customer_type"),
            words(of.female.astype(np.int64), ("M", "F"), "gender", person),
            dates(of.birth_day, "birth_date", person),
            words(of.education, EDUCATION, "education", person),
            words(of.occupation, OCCUPATIONS, "occupation", person),
            pl.Series("income_monthly", income).set(pl.Series(of.corporate), None),
            words(of.city, CITIES, "city"),
            words(of.branch, tuple(f"B{i:02d}" for i in range(1, N_BRANCHES + 1)), "branch_id"),
            words(of.manager, tuple(f"R{i:02d}" for i in range(1, N_MANAGERS + 1)), "rm_id"),
            dates(of.open_day, "open_date"),
            words(of.referrer, tuple(ids), "referrer_id"),
            pl.Series("special_need", of.special & person),
            pl.Series("consent_marketing", of.consent),
            words(of.appetite, ("low", "medium", "high"), "risk_appetite"),
        ]
    )
