"""Campaigns drawn directly, for simulations: members, arms, outcomes, and the truth. Source: METHODS E3."""

import datetime
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from churn_dash.errors import NotFound
from churn_dash.sample import exits, satisfaction
from churn_dash.sample.campaigns import Outcome, lottery_effect, outcome, shifted, sleeping_dogs, standardised
from churn_dash.sample.holdings import holdings
from churn_dash.sample.market import market
from churn_dash.sample.months import WARM_UP, Months
from churn_dash.sample.people import ORIENTATIONS, People, people
from churn_dash.sample.process import Paths, paths, tenure_effect
from churn_dash.words import _, nearest

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

TOP_RISK = 0.3
LOW_MONTH = -1.5
USUAL_INTERCEPT = -5.1
_FIRST_DAY_AFTER = datetime.date(2026, 6, 30)


@dataclass(frozen=True)
class Preset:
    """How a campaign is made. ``treated`` is the share treated at random; None where the manager or a rule decides."""

    n: int
    treated: float | None
    control_rate: float | None
    effect: float | None  # None: the lottery's, by orientation
    top_risk: bool = False
    by_bond: float = 0.0  # how much the unmeasured bond sways the manager
    low_month: bool = False
    dropped: float = 0.0  # share of the treated who fall out of the data, those with open complaints first
    reached: float | None = None  # share of the treated who are reached; the effect is theirs alone
    cells: int = 0  # segments drawn at random, in which there is nothing to be found


PRESETS = {
    "C01": Preset(6_000, 0.8, 0.12, None, top_risk=True),
    "C01-test": Preset(12_000, 0.7, 0.24, None, top_risk=True),
    "C02": Preset(6_000, 0.5, 0.059, 0.0),
    "C03a": Preset(20_000, None, 0.059, -0.5),
    "C03b": Preset(20_000, None, 0.059, -0.5, by_bond=1.0),
    "C06": Preset(6_000, 0.5, 0.059, -0.3, dropped=0.1),
    "C07": Preset(1_000, None, None, 0.0, low_month=True),
    "C08": Preset(60, 2 / 3, 0.12, -0.3),
    "C09": Preset(6_000, 0.5, 0.12, -0.7, reached=0.6),
    "C10": Preset(20_000, 0.5, 0.12, 0.0, cells=20),
}


@dataclass(frozen=True)
class CampaignTruth:
    """What the campaign really does. Rates 0–1; arrays in the order of the members.

    ``y0``, ``y1``: what each member does without and with it, under the same luck; ``tau``: the difference of the chances.
    ``ate``: mean of y1 − y0 over the realised sample, of being assigned; ``ate_expected``: mean of ``tau``; ``segments``: both by
    orientation. ``cace``: the mean over those who are reached where they are assigned; None where everybody is.
    """

    ate: float
    ate_expected: float
    control_rate: float
    y0: Floats
    y1: Floats
    tau: Floats
    segments: pl.DataFrame
    cace: float | None = None


def _members(rng: np.random.Generator, preset: Preset, of: People, path: Paths, since: Ints, start: int, n: int) -> tuple[Ints, Floats]:
    """Places of ``n`` members, and everybody's risk by observables."""
    risk = path.observed[start].astype(np.float64) + tenure_effect(start - since)
    if preset.low_month:
        seen = path.log_aum[WARM_UP + start - 12 : WARM_UP + start]
        low = (seen[-1] - seen.mean(axis=0)) / seen.std(axis=0, ddof=1)
        return np.flatnonzero(low <= LOW_MONTH)[:n], risk
    if preset.top_risk:
        score = risk + 0.4 * rng.normal(size=len(of))
        return np.sort(np.argsort(-score)[:n]), risk
    return np.arange(n), risk


def _arms(rng: np.random.Generator, preset: Preset, risk: Floats, log_aum: Floats, bond: Floats) -> Flags:
    n = len(risk)
    if preset.low_month:
        return np.ones(n, dtype=bool)
    if preset.treated is None:
        odds = -1 + 1.0 * standardised(risk) + 0.5 * standardised(log_aum) + preset.by_bond * bond
        return np.asarray(rng.random(n) < exits.logistic(odds))
    treated = np.zeros(n, dtype=bool)
    treated[rng.permutation(n)[: round(preset.treated * n)]] = True
    return treated


def campaign(id: str, seed: int, n: int | None = None) -> tuple[pl.DataFrame, CampaignTruth]:
    """Members of one campaign of METHODS E3, and its truth; the same for the same seed.

    Columns: customer_id, arm (``treated`` or ``control``), outcome (1: left of his own will within three months; for C07 the
    month-average assets three months later, yuan), segment (orientation), silent_digital, risk (log-odds by observables),
    aum_before (yuan, the month before), tenure_months, the features of ``process.COEFFICIENTS`` before the start; in C09
    contacted, in C10 cell (a segment of chance). In C06 some of the treated are missing, though not from the truth.

    >>> members, truth = campaign("C02", seed=1, n=500)
    >>> (members["arm"] == "treated").sum(), truth.ate
    (250, 0.0)
    """
    if id not in PRESETS:
        raise NotFound(_("There is no sample campaign {id}. Did you mean {nearest}?"), id=id, nearest=nearest(id, PRESETS) or "C01")
    preset = PRESETS[id]
    n = n or preset.n
    rng = np.random.default_rng([seed, *id.encode()])
    start = 12 if preset.low_month else 0
    months = Months(start + 3, _FIRST_DAY_AFTER)
    drawn = round(n / TOP_RISK) if preset.top_risk else n * 30 if preset.low_month else n
    of = people(rng, drawn, months, joiners=0.0)
    held = holdings(rng, of, months)
    around = market(rng, months)
    angry = satisfaction.grievances(rng, of, months)
    level = satisfaction.satisfaction(rng, of, angry)
    path = paths(rng, of, held, around, angry, level, months)
    luck = exits.chances(rng, months.count, drawn)

    who, risk = _members(rng, preset, of, path, of.join, start, n)
    risk = risk[who]
    before = path.log_aum[WARM_UP + start - 1, who].astype(np.float64)
    treated = _arms(rng, preset, risk, before, of.bond[who])
    dogs = sleeping_dogs(of.silent_digital[who], risk)
    effect = lottery_effect(of.orientation[who], dogs) if preset.effect is None else np.full(len(who), preset.effect)

    def would(value: Floats | float, by: float) -> Outcome:
        return outcome(of, path, months, luck, USUAL_INTERCEPT + by, who, of.join[who], start, value)

    by = shifted(lambda x: float(would(0.0, x)["chance"].mean()), preset.control_rate) if preset.control_rate else 0.0
    without, with_it = would(0.0, by), would(effect, by)
    y0, y1 = without["left"].astype(np.float64), with_it["left"].astype(np.float64)
    tau = with_it["chance"] - without["chance"]
    if preset.low_month:
        y0 = y1 = np.exp(path.log_aum[-1, who].astype(np.float64)).round(2)
        tau = np.zeros(len(who))
    willing = _willing(rng, preset, of.bond[who])
    cace = float((y1 - y0)[willing].mean()) if preset.reached is not None else None
    y1, tau = np.where(willing, y1, y0), np.where(willing, tau, 0.0)
    observed = np.where(treated, y1, y0)
    segment = pl.Series("segment", ORIENTATIONS).gather(of.orientation[who])
    members = pl.DataFrame(
        [
            of.ids.gather(who),
            pl.Series("arm", ["control", "treated"]).gather(treated.astype(np.int64)),
            pl.Series("outcome", observed if preset.low_month else observed.astype(np.int64)),
            segment,
            pl.Series("silent_digital", of.silent_digital[who]),
            pl.Series("risk", risk),
            pl.Series("aum_before", np.exp(before).round(2)),
            pl.Series("tenure_months", start - of.join[who]),
            *(pl.Series(name, values[start, who].astype(np.float64)) for name, values in path.features.items()),
            *([pl.Series("contacted", treated & willing)] if preset.reached is not None else []),
            *([pl.Series("cell", rng.integers(1, preset.cells + 1, len(who))).cast(pl.String)] if preset.cells else []),
        ]
    )
    cells = pl.DataFrame({"segment": segment, "effect": y1 - y0, "tau": tau, "dog": dogs})
    by_segment = cells.group_by("segment").agg(n=pl.len(), ate=pl.col("effect").mean(), ate_expected=pl.col("tau").mean())
    dog = cells.filter("dog").select(
        segment=pl.lit("sleeping_dog"), n=pl.len(), ate=pl.col("effect").mean(), ate_expected=pl.col("tau").mean()
    )
    return _fallen_out(rng, preset, members), CampaignTruth(
        ate=float((y1 - y0).mean()),
        ate_expected=float(tau.mean()),
        control_rate=float(without["chance"].mean()),
        y0=y0,
        y1=y1,
        tau=tau,
        segments=pl.concat([by_segment.sort("segment"), dog]),
        cace=cace,
    )


def _willing(rng: np.random.Generator, preset: Preset, bond: Floats) -> Flags:
    """Who is reached where he is assigned: those whom the manager knows best, and luck."""
    if preset.reached is None:
        return np.ones(len(bond), dtype=bool)
    ease = bond + rng.normal(size=len(bond))
    return np.asarray(ease >= np.quantile(ease, 1 - preset.reached))


def _fallen_out(rng: np.random.Generator, preset: Preset, members: pl.DataFrame) -> pl.DataFrame:
    """The members without the treated whom a broken randomiser lost."""
    if not preset.dropped:
        return members
    order = members.with_columns(place=pl.int_range(pl.len()), luck=rng.random(len(members))).filter(pl.col("arm") == "treated")
    gone = order.sort("open_complaint", "luck", descending=[True, False]).head(round(preset.dropped * len(order)))["place"]
    return members.filter(~pl.int_range(pl.len()).is_in(gone.implode()))
