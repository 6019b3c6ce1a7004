"""Who is there now, what they hold, and who is not to be called: by the rules of the care lists, for every shape of data."""

import re
from dataclasses import replace

import polars as pl

from churn_dash.care.contacts import CAP, Cap, touches
from churn_dash.care.standing import ABOUT, Standing, default_day
from churn_dash.care.standing import standing as at_bank
from churn_dash.contract import TABLES
from churn_dash.measures.question import Question
from churn_dash.risk.rows.sheet_tables import cross_section
from churn_dash.store import Dataset

_BALANCE = re.compile(r"(^|_)(aum|balance|balances|assets|deposits?)$|余额|资产|存款", re.IGNORECASE)


def standing(question: Question) -> Standing:
    """The bank at the end of the data. Balances are those at the end of the last month; of a cross-section without them, the first column
    whose header says balance. A cross-section that does not know who has left holds everybody."""
    ds = question.ds
    if ds.shape == "panel":
        return at_bank(question, None)
    found = at_bank(question.by_definition(None), None) if ds.flagged else _listed(question)
    if found.people["balance"].null_count() < found.people.height:
        return found
    known = _headed(ds)
    return replace(found, people=found.people.drop("balance").join(known, on="customer_id", how="left", maintain_order="left"))


def _headed(ds: Dataset) -> pl.DataFrame:
    frame, columns_known = cross_section(ds)
    named = [c.column for c in columns_known if _BALANCE.search(c.label) and frame.schema[c.column].is_numeric()]
    value = pl.col(named[0]).cast(pl.Float64) if named else pl.lit(None, dtype=pl.Float64)
    return frame.select("customer_id", value.alias("balance"))


def _listed(question: Question) -> Standing:
    """Everybody in a list that does not say who has left, as far as the scope shows them: nobody of some branches where it knows none."""
    ds, seen = question.ds, question.scope.branches
    frame, _columns = cross_section(ds)
    if seen is not None:
        frame = frame.filter(pl.col("branch_id").is_in(list(seen))) if "branch_id" in frame.columns else frame.clear()
    columns = TABLES["customers"].columns
    lacking = [pl.lit(None, dtype=columns[c].dtype).alias(c) for c in ABOUT if c not in frame.columns]
    people = frame.with_columns(lacking).select("customer_id", pl.lit(None, dtype=pl.Float64).alias("balance"), *ABOUT)
    nothing = pl.lit(None, dtype=pl.String).alias("tier"), pl.coalesce("rm_id", "branch_id").alias("owner")
    return Standing(ds, default_day(ds), people.with_columns(*nothing, pl.lit(False).alias("core")), None)


def touched(there: Standing, cap: Cap = CAP) -> Standing:
    """The same with last_contact, contacts and capped beside the people, null where the data do not tell, and refused: consent to
    marketing not given (where the data know of consent), or asked to be left alone. METHODS D7."""
    rows = there.people.join(touches(there, cap), on="customer_id", how="left", maintain_order="left")
    return replace(there, people=rows.with_columns(pl.col("no_marketing").fill_null(False).alias("refused")).drop("no_marketing"))
