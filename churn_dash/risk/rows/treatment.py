"""Rows of customers whom no campaign treated, so that a model learns what happens without one. Sources: METHODS D1; Robins 1993.

Whoever was treated between the score date and the end of the outcome is no example of what happens without treatment, and is left out.
But nobody is treated after he has left: left out that way, a large campaign takes stayers only, and the share of leavers among the rest
is far too high. So of those who left, as many are left out as would have been treated later, had they stayed: the chance comes from the
customers there who are like them (leaves of a small tree over the features) and from the days on which the campaigns came. This is
weighting by the chance of being left alone, done by leaving out, so that every row counts once everywhere after.
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.tree import DecisionTreeClassifier

from churn_dash.risk.rows.leaving import last_days
from churn_dash.risk.rows.snapshot import Panel

_LEAST_ALIKE = 50
"""Customers in a leaf of the tree."""
_DEPTH = 4


def untreated(rows: pl.DataFrame, panel: Panel, seed: int = 0) -> tuple[pl.DataFrame, dict[str, int]]:
    """The rows (``customer_id``, ``score_date``, ``fate``, features) without the treated, and without the leavers who stand for treated.

    With how many were left out: ``treated``, and ``would_be_treated``, who left before a campaign would have come to them.
    """
    if panel.treated is None or not panel.treated.height:
        return rows, {"treated": 0, "would_be_treated": 0}
    end = pl.col("score_date").dt.offset_by(f"{panel.windows.embargo}mo").dt.month_end()
    first = (
        rows.select("customer_id", "score_date")
        .join(panel.treated, on="customer_id")
        .filter(pl.col("day").is_between("score_date", end, "right"))
        .group_by("customer_id", "score_date")
        .agg(pl.min("day"))
    )
    told = rows.join(first, on=["customer_id", "score_date"], how="left", maintain_order="left")
    told = told.with_columns(gone=last_days(rows, panel.spells)).with_row_index("row")
    numbers = [c for c, kind in rows.schema.items() if kind.is_numeric() or kind == pl.Boolean]
    drawn = np.random.default_rng(seed)
    out = []
    for (_date,), part in told.group_by("score_date", maintain_order=True):
        part = part.sort("customer_id")
        chance = _chance(part, numbers)
        out.append(part["row"].to_numpy()[drawn.random(part.height) < chance])
    would = np.concatenate(out) if out else np.empty(0, dtype=np.int64)
    keep = told["day"].is_null().to_numpy().copy()
    n_treated = int((~keep).sum())
    keep[would] = False
    return rows.filter(keep), {"treated": n_treated, "would_be_treated": len(would)}


def _chance(part: pl.DataFrame, numbers: list[str]) -> NDArray[np.float64]:
    """For each row of one score date the chance to be left out: 0 but for leavers whom nobody treated.

    With p, the share treated of those alike who stayed, and g, the share of treatments that came after the leaver's last day:
    p·g / (1 − p·(1 − g)), the chance to be treated after that day of who was not treated before it.
    """
    chance = np.zeros(part.height)
    stays, asked = (part["fate"] == "stays").to_numpy(), ((part["fate"] == "leaves") & part["day"].is_null()).to_numpy()
    came = part["day"].is_not_null().to_numpy()
    if not (stays & came).any() or not asked.any():
        return chance
    x = part.select(pl.col(numbers).cast(pl.Float64)).to_numpy()
    x = np.where(np.isfinite(x), x, np.nan)
    days = np.sort(part["day"].to_numpy()[stays & came])
    later = 1 - np.searchsorted(days, part["gone"].to_numpy()[asked], side="right") / len(days)
    if numbers and (stays & ~came).any():
        tree = DecisionTreeClassifier(max_depth=_DEPTH, min_samples_leaf=_LEAST_ALIKE, random_state=0).fit(x[stays], came[stays])
        p = tree.predict_proba(x[asked])[:, 1]
    else:
        p = np.full(asked.sum(), came[stays].mean())
    chance[asked] = np.divide(p * later, 1 - p * (1 - later), out=np.zeros(len(p)), where=p * (1 - later) < 1)
    return chance
