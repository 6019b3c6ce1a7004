"""Why a departure happened, as far as somebody recorded it. Source: METHODS B0."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from churn_dash.contract import REASONS
from churn_dash.contract.causes import reason_codes
from churn_dash.store.derive.panel import Panel, positions


def reasons(
    panel: Panel, accounts: pl.DataFrame | None, churn_events: pl.DataFrame | None, own: Mapping[str, str] = REASONS
) -> pl.DataFrame:
    """Every known reason of a departure: c, day, why; a recorded reason goes before who closed the account. ``own``: who decided by
    reason code, over the usual ones."""
    known = {**REASONS, **own}
    found = []
    if accounts is not None and {"close_date", "close_initiator"} <= set(accounts.columns):
        closed = accounts.filter(pl.col("close_date").is_not_null() & pl.col("close_initiator").is_not_null())
        found.append(_reason_rows(panel, closed, "close_date", "close_initiator", known, 1))
    if churn_events is not None and "reason_code" in churn_events.columns:
        found.append(_reason_rows(panel, churn_events.filter(pl.col("reason_code").is_not_null()), "event_date", "reason_code", known, 0))
    empty = pl.DataFrame(schema={"c": pl.Int64, "day": pl.Int64, "why": pl.String, "rank": pl.Int32})
    rows = pl.concat([empty, *found]).sort("c", "day", "rank").unique(["c", "day"], keep="first", maintain_order=True)
    recorded = rows.filter(pl.col("rank") == 0).select("c").unique()
    kept = rows.join(recorded, on="c", how="anti")
    return pl.concat([kept, rows.filter(pl.col("rank") == 0)]).sort("day").drop("rank")


def _reason_rows(panel: Panel, frame: pl.DataFrame, day: str, code: str, known: Mapping[str, str], rank: int) -> pl.DataFrame:
    # Of several reasons in a cell the first one named decides, as among the causes.
    decided = {written: known.get((reason_codes(written, known) or [""])[0], "unknown") for written in frame[code].unique()}
    return pl.DataFrame(
        {
            "c": positions(frame["customer_id"], panel.customers),
            "day": frame[day].cast(pl.Int32).to_numpy().astype(np.int64),
            "why": frame[code].replace_strict(decided, default="unknown", return_dtype=pl.String),
        }
    ).with_columns(pl.lit(rank, dtype=pl.Int32).alias("rank"))
