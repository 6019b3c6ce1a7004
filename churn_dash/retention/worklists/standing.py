"""What customers hold now, and who is not to be called."""

import re

import polars as pl

from churn_dash.risk.rows.sheet_tables import cross_section
from churn_dash.store import Dataset


def holdings(ds: Dataset, balance: re.Pattern[str]) -> pl.DataFrame:
    """What each customer holds now: customer_id, value (CNY). Of a cross-section, the first column whose header says balance."""
    if ds.shape == "panel":
        con = ds.cursor()
        columns = [str(r[0]) for r in con.execute("describe months").fetchall()]
        held = next((c for c in ("aum_avg", "aum_end") if c in columns), "null")
        sql = f"select customer_id, cast({held} as double) as value from months where month = ?"
        found: pl.DataFrame = con.sql(sql, params=[ds.months[-1]]).pl()
        con.close()
        return found
    frame, columns_known = cross_section(ds)
    named = [c.column for c in columns_known if balance.search(c.label) and frame.schema[c.column].is_numeric()]
    value = pl.col(named[0]).cast(pl.Float64) if named else pl.lit(None, dtype=pl.Float64)
    return frame.select("customer_id", value.alias("value"))


def not_to_be_called(ds: Dataset) -> pl.DataFrame:
    """customer_id of those who have left by the flag of a cross-section, or have refused marketing contact."""
    gone = []
    for name in ("cross_section", "customers"):
        frame = ds.table(name)
        for column, barred in (("churned", True), ("consent_marketing", False)):
            if frame is not None and column in frame.columns:
                gone.append(frame.filter(pl.col(column) == barred).select("customer_id"))
    return pl.concat([pl.DataFrame(schema={"customer_id": pl.String}), *gone]).unique()
