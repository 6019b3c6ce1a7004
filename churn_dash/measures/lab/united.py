"""Several forms of leaving taken together, whichever comes first, from the spells of each: what deriving the data with them gives."""

from collections.abc import Mapping, Sequence

import polars as pl

from churn_dash.store import Dataset
from churn_dash.store.derive.activity import OPEN, Intervals
from churn_dash.store.derive.spells import meet, numbered


def united(ds: Dataset, forms: Sequence[str], other: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The spells of everybody under the forms together: c, start, end (days since 1970; ``OPEN``: not ended), form, spell.

    Somebody is active while active under each form. A spell ends by an event where one of the forms has one on that day; else it ends
    outside the definition (``form`` null). ``other``: by form the spells of those seen otherwise than as derived.
    """
    spells = {form: _spells(ds, form, other.get(form)) for form in forms}
    limits = [Intervals(form, *(part[c].to_numpy() for c in ("c", "start", "end"))) for form, part in spells.items()]
    events = pl.concat([part.filter(pl.col("event")).select("c", "end", pl.lit(form).alias("form")) for form, part in spells.items()])
    first = events.unique(["c", "end"], keep="first", maintain_order=True)
    found = meet(limits).drop("form").join(first, on=["c", "end"], how="left", maintain_order="left")
    return numbered(found)


def _spells(ds: Dataset, form: str, moved: pl.DataFrame | None) -> pl.DataFrame:
    sql = (
        "select c, CAST(start_date AS DATE) as start, CAST(end_date AS DATE) as stop, form is not null as event from spell_rows "
        f"where definition = '{form}' order by c, start_date"
    )
    rows = pl.DataFrame(ds.cursor().sql(sql).to_arrow_table())
    days = [pl.col(c).cast(pl.Int32).cast(pl.Int64).fill_null(OPEN) for c in ("start", "stop")]
    rows = rows.select(pl.col("c").cast(pl.Int64), days[0], days[1].alias("end"), "event")
    if moved is None:
        return rows
    theirs = moved.select(*(pl.col(c).cast(pl.Int64) for c in ("c", "start", "end")), pl.col("form").is_not_null().alias("event"))
    return pl.concat([rows.join(theirs.select("c").unique(), on="c", how="anti"), theirs]).sort("c", "start")
