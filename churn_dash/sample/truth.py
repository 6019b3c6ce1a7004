"""What is true of the sample bank and what nobody in it knows. Written apart; the app never reads it. Source: METHODS E5."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from churn_dash.contract.separation import auc
from churn_dash.sample.exits import DRIFTING, HERE, RAMP_MONTHS, REASONS, World, annual_rate, windows
from churn_dash.sample.months import WARM_UP, Months
from churn_dash.sample.people import ORIENTATIONS, People, dates, words
from churn_dash.sample.process import COEFFICIENTS, SEASON, TENURE, UNMEASURED, Paths, tenure_effect


@dataclass(frozen=True)
class Truth:
    """The truth behind a bank.

    ``params``: the numbers it was made with. ``people``: what is not measured of each customer. ``exits``: every departure
    with its true cause, form, and the month in which the drift began. ``monthly``: expected and realised departures.
    ``members``: potential outcomes by campaign and customer; ``effects``: their averages. ``rates``: annual voluntary churn,
    AUCs, recall ceiling, satisfaction.
    """

    params: dict[str, Any]
    people: pl.DataFrame
    exits: pl.DataFrame
    monthly: pl.DataFrame
    members: pl.DataFrame
    effects: pl.DataFrame
    rates: dict[str, float]
    months: Months
    ids: pl.Series
    path: Paths
    world: World
    untouched: World

    def hazard(self) -> pl.DataFrame:
        """Chance to leave of one's own will for each customer-month at risk: customer_id, month, hazard, left."""
        t, i = np.nonzero(~np.isnan(self.world.hazard))
        left = np.zeros(self.world.state.shape, dtype=bool)
        own = self.world.voluntary
        left[self.world.month[own], self.world.customer[own]] = True
        return pl.DataFrame(
            [
                self.ids.gather(i),
                dates(self.months.start[t], "month"),
                pl.Series("hazard", self.world.hazard[t, i].astype(np.float64)),
                pl.Series("left", left[t, i]),
            ]
        )

    def design(self) -> pl.DataFrame:
        """The features behind the hazard, one row a customer-month at risk, in the world without campaigns.

        Columns: customer_id, month, left, the names of ``COEFFICIENTS``, ``TENURE``, ``SEASON``, and loyalty, bond.
        """
        w = self.untouched
        t, i = np.nonzero(~np.isnan(w.hazard))
        left = np.zeros(w.state.shape, dtype=bool)
        left[w.month[w.voluntary], w.customer[w.voluntary]] = True
        tenure, number = w.tenure[t, i], self.months.number[WARM_UP:][t]
        columns = {name: values[t, i] for name, values in self.path.features.items()}
        columns |= {
            "months_1_to_6": (tenure <= 6).astype(np.float32),
            "months_7_to_12": ((tenure > 6) & (tenure <= 12)).astype(np.float32),
            "march": (number == 3).astype(np.float32),
            "september": (number == 9).astype(np.float32),
            "new_year": self.months.new_year[WARM_UP:][t].astype(np.float32),
            "loyalty": self.people["loyalty"].to_numpy()[i].astype(np.float32),
            "bond": self.people["bond"].to_numpy()[i].astype(np.float32),
        }
        return pl.DataFrame(
            [self.ids.gather(i), dates(self.months.start[t], "month"), pl.Series("left", left[t, i])]
            + [pl.Series(name, values) for name, values in columns.items()]
        )

    def oracle(self, t: int, gap: int = 1, horizon: int = 3) -> pl.DataFrame:
        """What the best forecasts at the end of month ``t`` (0 is the first) say of the months t+gap+1 … t+gap+horizon (METHODS D1).

        Rows: customers active then and through the gap. ``observable``: log-odds from what the bank could know (its own months
        with the bank included); ``oracle``: the same with loyalty, bond and the drifts that have begun (certain: infinite);
        ``left``, ``closed``: departed in the outcome months (of any cause), and by closing.
        """
        w = self.world
        there = (w.state[t] == HERE) & (w.state[t + gap] == HERE)
        in_gap = (w.month > t) & (w.month <= t + gap)
        there[w.customer[in_gap]] = False
        i = np.flatnonzero(there)
        now = t + 1
        out = (w.month > t + gap) & (w.month <= t + gap + horizon)
        left, closed = np.zeros(len(there), dtype=bool), np.zeros(len(there), dtype=bool)
        left[w.customer[out]] = True
        closed[w.customer[out & ~w.silent]] = True
        begun = np.zeros(len(there), dtype=bool)
        begun[w.customer[out & w.drifting & (w.month - RAMP_MONTHS <= t)]] = True
        early = tenure_effect(w.tenure[now, i].astype(np.int64))
        return pl.DataFrame(
            {
                "customer_id": self.ids.gather(i),
                "observable": self.path.observed[now, i] + early,
                "oracle": np.where(begun[i], np.inf, self.path.eta[now, i] + early),
                "left": left[i],
                "closed": closed[i],
            }
        )


def _exits(of: People, w: World, months: Months) -> pl.DataFrame:
    forms = ("close", "silent")
    starts = np.maximum(w.month - RAMP_MONTHS, np.maximum(w.stayed_since, 0))
    begins = w.drifting & (starts < w.month)
    return pl.DataFrame(
        [
            of.ids.gather(w.customer),
            dates(months.start[w.month], "month"),
            dates(w.day, "exit_date"),
            words(w.silent.astype(np.int64), forms, "form"),
            pl.Series("voluntary", w.voluntary),
            words(w.reason, REASONS, "reason"),
            pl.Series("drifting", w.drifting),
            dates(months.start[np.clip(starts, 0, months.count)], "drift_began", begins),
            pl.Series("contacted", w.contacted),
            dates(np.maximum(w.back_day, 0), "returned_date", w.back_month >= 0),
        ]
    )


def _monthly(w: World, months: Months) -> pl.DataFrame:
    at_risk = ~np.isnan(w.hazard)

    def count(chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
        return np.bincount(w.month[chosen], minlength=months.count)

    return pl.DataFrame(
        [
            dates(months.start[:-1], "month"),
            pl.Series("at_risk", at_risk.sum(axis=1)),
            pl.Series("expected_voluntary", np.nansum(w.hazard.astype(np.float64), axis=1)),
            pl.Series("voluntary", count(w.voluntary)),
            pl.Series("silent", count(w.silent)),
            pl.Series("involuntary", count(~w.voluntary)),
            pl.Series("returned", np.bincount(w.back_month[w.back_month >= 0], minlength=months.count)),
        ]
    )


def realised_annual_rate(of: People, w: World, months: Months) -> float:
    """Share of the customers active at the start of a year who left of their own will within it, over all years."""
    lost = total = 0
    for start, stop in windows(months):
        there = (w.state[start - 1] == HERE) if start else (of.join < 0)
        inside = (w.month >= start) & (w.month < stop)
        first = np.full(len(of), -1)
        places = np.flatnonzero(inside)[::-1]
        first[w.customer[places]] = places
        of_cohort = first[there]
        lost += int(w.voluntary[of_cohort[of_cohort >= 0]].sum())
        total += int(there.sum())
    return lost / total


def truth(
    of: People,
    path: Paths,
    months: Months,
    intercept: float,
    untouched: World,
    happened: World,
    members: pl.DataFrame,
    effects: pl.DataFrame,
    satisfaction: dict[str, float],
    settings: dict[str, Any],
) -> Truth:
    """Gather what is true. ``happened`` is the world with campaigns, ``untouched`` the one without."""
    risk = ~np.isnan(untouched.hazard)
    left = np.zeros(untouched.state.shape, dtype=bool)
    left[untouched.month[untouched.voluntary], untouched.customer[untouched.voluntary]] = True
    hit = left[risk]
    own = happened.voluntary
    begins = happened.drifting & (happened.month > np.maximum(happened.stayed_since, 0))
    rates = {
        "annual_voluntary_expected": annual_rate(of, path, months, untouched, intercept),
        "annual_voluntary_realised": realised_annual_rate(of, untouched, months),
        "bayes_auc": auc(untouched.hazard[risk], hit),
        "observable_auc": auc(path.observed[risk], hit),
        "recall_ceiling": float(begins[own].mean()) if own.any() else float("nan"),
        "return_rate": float((happened.back_month >= 0)[own].mean()) if own.any() else float("nan"),
        **satisfaction,
    }
    people = pl.DataFrame(
        {
            "customer_id": of.ids,
            "orientation": pl.Series(ORIENTATIONS).gather(of.orientation),
            "loyalty": of.loyalty,
            "bond": of.bond,
            "log_aum_level": of.log_aum,
            "silent_digital": of.silent_digital,
        }
    )
    params = {
        **settings,
        "intercept": intercept,
        "coefficients": COEFFICIENTS,
        "tenure": TENURE,
        "season": SEASON,
        "unmeasured": UNMEASURED,
        "drifting": DRIFTING,
        "ramp_months": RAMP_MONTHS,
    }
    return Truth(
        params=params,
        people=people,
        exits=_exits(of, happened, months),
        monthly=_monthly(happened, months),
        members=members,
        effects=effects,
        rates=rates,
        months=months,
        ids=of.ids,
        path=path,
        world=happened,
        untouched=untouched,
    )
