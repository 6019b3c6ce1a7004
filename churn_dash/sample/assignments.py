"""The campaigns as the bank's tables hold them, and what is true of their members. Source: METHODS E1, E3, E5."""

import numpy as np
import polars as pl

from churn_dash.sample.campaigns import EFFECT_MONTHS, HORIZON_DAYS, Members
from churn_dash.sample.exits import World
from churn_dash.sample.listed import written_down
from churn_dash.sample.months import Months
from churn_dash.sample.people import ORIENTATIONS, People, dates

INCENTIVE_COST = 60.0
MESSAGE_COST = 0.2
"""Of a message in the app, by which points are offered."""
REACHED, ACCEPTS = 0.9, 0.45


def campaigns(found: list[Members], months: Months) -> pl.DataFrame:
    """The contract's table ``campaigns``. The cost of contacts is not in it: that is counted by contact."""
    rows = []
    for m in sorted(found, key=lambda m: m.id(months)):
        plan, share = m.plan, m.plan.treated
        ratio = None if share is None else f"treated={share:g};control={round(1 - share, 6):g}"
        first = months.start[m.start]
        last = first + HORIZON_DAYS - 1 if plan.listed else months.start[m.start + EFFECT_MONTHS] - 1
        rows.append(
            (m.id(months), plan.name, plan.type, ratio, int(first), int(last), plan.outcome, HORIZON_DAYS, plan.cost_fixed, plan.design)
        )
    names = ["campaign_id", "name", "type", "planned_ratio", "start_date", "end_date", "outcome", "horizon_days", "cost_fixed", "design"]
    kinds = [pl.String, pl.String, pl.String, pl.String, pl.Int32, pl.Int32, pl.String, pl.Int64, pl.Float64, pl.String]
    frame = pl.DataFrame(rows, schema=dict(zip(names, kinds, strict=True)), orient="row")
    return frame.with_columns(pl.col("start_date", "end_date").cast(pl.Date))


def assignments(rng: np.random.Generator, of: People, found: list[Members], happened: World, months: Months) -> pl.DataFrame:
    """The contract's table ``campaign_assignments``: 90 % of the treated are reached while they are there, 45 % of those accept."""
    closing = ~happened.silent
    frames = []
    for m in sorted(found, key=lambda m: m.id(months)):
        n, start = len(m.who), int(months.start[m.start])
        gone = np.full(len(of), np.iinfo(np.int64).max)
        after = closing & (happened.month >= m.start)
        np.minimum.at(gone, happened.customer[after], happened.day[after])
        contacted = start + rng.integers(1, 21, n)
        reached = m.treated & (rng.random(n) < REACHED) & (contacted < gone[m.who]) & (m.plan.type != "test")
        accepted = reached & (rng.random(n) < ACCEPTS)
        offer = INCENTIVE_COST if m.plan.type in ("lottery", "offer") else 0.0
        frame = pl.DataFrame(
            [
                pl.Series("campaign_id", [m.id(months)] * n, dtype=pl.String),
                of.ids.gather(m.who),
                pl.Series("arm", np.where(m.treated, "treated", "control").astype(object), dtype=pl.String),
                dates(np.full(n, start - 1 if m.plan.listed else start), "assigned_at"),
                dates(contacted, "contacted_at", reached),
                pl.Series("accepted", accepted).set(pl.Series(~m.treated), None),
                pl.Series("incentive_cost", accepted * offer),
            ]
        )
        if m.stratum is not None:
            frame = frame.hstack(written_down(rng, of, m.who, m.stratum, m.treated, reached, accepted))
            untold = pl.col("result").is_null()
            frame = frame.with_columns(pl.when(~untold).then(pl.col(c)).alias(c) for c in ("accepted", "incentive_cost"))
        elif m.plan.type == "points":
            frame = frame.with_columns(cost=pl.when(pl.col("contacted_at").is_not_null()).then(MESSAGE_COST))
        frames.append(frame)
    if not frames:
        kinds = [pl.String, pl.String, pl.String, pl.Date, pl.Date, pl.Boolean, pl.Float64]
        names = ["campaign_id", "customer_id", "arm", "assigned_at", "contacted_at", "accepted", "incentive_cost"]
        return pl.DataFrame(schema=dict(zip(names, kinds, strict=True)))
    return pl.concat(frames, how="diagonal")


def effects(of: People, found: list[Members], months: Months) -> pl.DataFrame:
    """Potential outcomes of every member: what he does without (0) and with (1) the campaign. Read by tests only."""
    frames = [
        pl.DataFrame(
            {
                "campaign_id": [m.id(months)] * len(m.who),
                "customer_id": of.ids.gather(m.who),
                "arm": np.where(m.treated, "treated", "control").tolist(),
                "orientation": pl.Series(ORIENTATIONS).gather(of.orientation[m.who]),
                "sleeping_dog": m.dogs,
                "shift": m.effect,
                "unrest": np.full(len(m.who), m.unrest),
                **m.outcomes,
            }
        ).with_columns(tau=pl.col("chance1") - pl.col("chance0"))
        for m in found
    ]
    return pl.concat(frames) if frames else pl.DataFrame()


def average_effects(members: pl.DataFrame) -> pl.DataFrame:
    """True average effects by campaign, over all (segment ``all``) and by orientation and sleeping dogs.

    ``ate``: leaving of one's own will, over the realised sample; ``ate_closed``: closing within the horizon, which is what
    the bank sees in time; ``ate_expected``: by chances; ``att_expected``: of the treated only.
    """
    if members.is_empty():
        return members
    cut = [
        members.with_columns(segment=pl.lit("all")),
        members.with_columns(segment=pl.col("orientation")),
        members.filter("sleeping_dog").with_columns(segment=pl.lit("sleeping_dog")),
    ]
    return (
        pl.concat(cut)
        .group_by("campaign_id", "segment")
        .agg(
            n=pl.len(),
            control_rate=pl.col("left0").mean(),
            ate=pl.col("left1").cast(pl.Float64).mean() - pl.col("left0").cast(pl.Float64).mean(),
            ate_closed=pl.col("closed1").cast(pl.Float64).mean() - pl.col("closed0").cast(pl.Float64).mean(),
            ate_expected=pl.col("tau").mean(),
            att_expected=pl.col("tau").filter(pl.col("arm") == "treated").mean(),
        )
        .sort("campaign_id", "segment")
    )
