"""Warnings by rules and by a noisy score, and the tasks made of them. Source: METHODS E1 17–18, E2; B4."""

import numpy as np
import polars as pl

from churn_dash.sample.activity import REPORTING_LAG
from churn_dash.sample.exits import HERE, logistic
from churn_dash.sample.people import dates, words
from churn_dash.sample.tables.story import Flags, Floats, Story, numbered

NOISE = 0.7
"""Spread of the error in the bank's own score, log-odds."""
ALERTED = np.array([0.015, 0.006, 0.002])
"""Shares of the customers warned of each month by the score: low grade and above, medium and above, high."""
AGAIN_AFTER = 2
"""Months after which the same customer is warned of again, unless the grade rises. METHODS B4: 60 days."""
_SOURCES = ("score", "assets and transactions fall", "no transaction for 60 days")
_GRADES = ("low", "medium", "high")
_ACTIONS = ("care", "value_added", "offer", "online_offline")
_FEEDBACK = ("retained", "declined", "not_reached", "false_alarm", "confirmed")
_TAKEN_UP = np.array([0.45, 0.75, 0.95])
"""Share of warnings of each grade for which a task is made; the others are left alone at random."""


def _rules(story: Story) -> tuple[Flags, Flags]:
    """Assets 25 % below three months before with 40 % fewer transactions; and the second month in a row without any. (months, n)."""
    aum, txn = story.dense("aum_avg"), story.dense("txn_count")
    falls, silent = np.zeros(aum.shape, dtype=bool), np.zeros(aum.shape, dtype=bool)
    with np.errstate(invalid="ignore"):
        falls[3:] = (aum[3:] < 0.75 * aum[:-3]) & (txn[3:] < 0.6 * txn[:-3])
        silent[2:] = (txn[2:] == 0) & (txn[1:-1] == 0) & (txn[:-2] > 0)
    return falls, silent


def warnings(rng: np.random.Generator, story: Story) -> pl.DataFrame:
    """Warnings made when a month's rows become known, from that month and earlier ones only; none of the last month yet."""
    count, n = story.happened.state.shape
    falls, silent = _rules(story)
    noise = (NOISE * rng.standard_normal((count, n))).astype(np.float32)
    last_grade, last_month = np.full(n, -1), np.full(n, -AGAIN_AFTER - 1)
    rows: list[tuple[np.ndarray, int, np.ndarray, np.ndarray, Floats]] = []
    for t in range(count - 1):
        here = story.happened.here[t]
        grade = np.full(n, -1)
        source = np.zeros(n, dtype=np.int64)
        score = np.full(n, np.nan)
        at_risk = np.flatnonzero(story.happened.state[t] == HERE)
        if len(at_risk):  # the features of the month to come are those of this one
            odds = story.intercept + story.path.observed[t + 1, at_risk] + noise[t, at_risk]
            cuts = np.quantile(odds, 1 - ALERTED)
            grade[at_risk] = np.searchsorted(cuts, odds, side="right") - 1
            score[at_risk] = logistic(odds)
        for number, rule, level in ((1, falls, 1), (2, silent, 0)):
            higher = here & rule[t] & (grade < level)
            grade[higher], source[higher], score[higher] = level, number, np.nan
        fresh = (grade >= 0) & ((t - last_month >= AGAIN_AFTER) | (grade > last_grade))
        who = np.flatnonzero(fresh)
        last_grade[who], last_month[who] = grade[who], t
        rows.append((who, t, source[who], grade[who], score[who]))
    who = np.concatenate([r[0] for r in rows])
    month = np.concatenate([np.full(len(r[0]), r[1]) for r in rows])
    source, grade, score = (np.concatenate([r[i] for r in rows]) for i in (2, 3, 4))
    by_score = source == 0
    return pl.DataFrame(
        [
            numbered("W", len(who), "warning_id"),
            story.of.ids.gather(who),
            dates(story.months.start[1:][month] + REPORTING_LAG, "ts"),
            words(source, _SOURCES, "rule_or_model"),
            pl.Series("score", score.astype(np.float64).round(4)).fill_nan(None),
            words(grade, _GRADES, "grade"),
            words(np.where(by_score, (month * 2 >= count).astype(np.int64), 2), ("m1", "m2", "r1"), "version"),
        ]
    )


def interventions(rng: np.random.Generator, story: Story, warned: pl.DataFrame) -> pl.DataFrame:
    """Tasks for some of the warnings, chosen at random within a grade. What is noted of them tells nothing of what comes after."""
    grade = warned["grade"].replace_strict(list(_GRADES), [0, 1, 2], return_dtype=pl.Int64).to_numpy()
    warned_at = warned["ts"].cast(pl.Int32).to_numpy().astype(np.int64)
    taken = np.flatnonzero((rng.random(len(warned)) < _TAKEN_UP[grade]) & (warned_at + 1 <= story.last))
    count = len(taken)
    made = warned_at[taken] + 1
    done = made + 1 + rng.exponential(4, count).astype(np.int64)
    finished = (rng.random(count) < 0.88) & (done <= story.last)
    action = rng.choice(4, count, p=(0.45, 0.2, 0.25, 0.1))
    feedback = rng.choice(5, count, p=(0.4, 0.12, 0.22, 0.16, 0.1))
    place = pl.DataFrame({"customer_id": story.of.ids, "customer": np.arange(len(story.of))})
    who = warned[taken].join(place, on="customer_id", maintain_order="left")["customer"].to_numpy()
    cost = np.array([5.0, 30.0, 60.0, 8.0])[action]
    return pl.DataFrame(
        [
            numbered("I", count, "task_id"),
            warned["warning_id"].gather(taken),
            warned["customer_id"].gather(taken),
            story.manager(who).alias("owner"),
            words(action, _ACTIONS, "action"),
            dates(made, "created_at"),
            dates(made + 5, "due_at"),
            dates(np.where(finished, done, 0), "done_at", finished),
            words(feedback, _FEEDBACK, "feedback", finished),
            pl.Series("cost", np.where(finished, cost, 0.0)),
        ]
    )
