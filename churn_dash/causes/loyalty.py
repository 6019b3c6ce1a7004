"""Loyalty index of each customer, 0–100, against fixed bounds. Source: METHODS B8."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from churn_dash.access import Scope
from churn_dash.contract.calendar import month_end
from churn_dash.contract.few import ONE_LIST
from churn_dash.errors import BadInput, NotPossible
from churn_dash.marks import _
from churn_dash.measures.conditions.groupings import Grouping, declare
from churn_dash.measures.conditions.rule_columns import columns
from churn_dash.measures.question import definition_of
from churn_dash.store import Dataset, Record, Records, shifted
from churn_dash.store.derive.facts import month_rows
from churn_dash.store.reading import Readable, fetched, full_table, month_columns, month_of
from churn_dash.words import nearest

LEAST_OBSERVED = 0.6
"""Share of the weight that must be known of a customer."""

COMPONENTS: tuple[tuple[str, float, str], ...] = (
    ("tenure", 0.20, _("Years with the bank: 0 to 10")),
    ("breadth", 0.20, _("Products held: 1 to 5")),
    ("main_bank", 0.20, _("Salary and standing payments here: half each")),
    ("activity", 0.10, _("Transactions of three months against the three before")),
    ("balances", 0.10, _("Average balance of three months against the three before")),
    ("promoter", 0.10, _("Would recommend, last answer of twelve months: 0, half, 1")),
    ("complaint_free", 0.10, _("No complaint for six months")),
)
"""Name, weight, and meaning of each part, as 0–1 between its fixed bounds."""


CLASSES: Mapping[str, str] = {
    "loyal": _("Loyal"),
    "attached": _("Attached"),
    "wavering": _("Wavering"),
    "loose": _("Loose"),
    "not_known": _("Too little known"),
}
"""Classes of loyalty, the most loyal first. METHODS A1 4.3.1."""
KIND = "loyalty"
_USUAL = "usual"


@dataclass(frozen=True)
class Rules:
    """Weight of each component, and the index from which each class but the lowest begins. ``version`` 0: the usual ones."""

    weights: Mapping[str, float] = field(default_factory=lambda: {name: weight for name, weight, _meaning in COMPONENTS})
    cuts: Mapping[str, float] = field(default_factory=lambda: {"loyal": 70.0, "attached": 55.0, "wavering": 40.0})
    version: int = 0

    def groups(self) -> pl.Expr:
        """The class ``group`` of each row of a column ``index``.

        >>> pl.DataFrame({"index": [70.0, 12.5, None]}).select(Rules().groups())["group"].to_list()
        ['loyal', 'loose', 'not_known']
        """
        word: pl.Expr = pl.lit("loose")
        for name, cut in reversed(list(self.cuts.items())):
            word = pl.when(pl.col("index") >= cut).then(pl.lit(name)).otherwise(word)
        return pl.when(pl.col("index").is_null()).then(pl.lit("not_known")).otherwise(word).alias("group")


def rules(ds: object) -> Rules:
    """The weights and classes in force: the usual ones with what was recorded over them."""
    found = Records(ds.root).latest(KIND, _USUAL) if isinstance(ds, Dataset) else None
    usual = Rules()
    if found is None:
        return usual
    return Rules({**usual.weights, **found.body["weights"]}, {**usual.cuts, **found.body["cuts"]}, found.version)


def set_rules(
    ds: Dataset, weights: Mapping[str, float] | None = None, cuts: Mapping[str, float] | None = None, who: str | None = None
) -> Record:
    """Record weights and cut-offs over those in force. Raises ``BadInput`` for what is unknown, negative or out of order."""
    now = rules(ds)
    for given, known in ((weights or {}, now.weights), (cuts or {}, now.cuts)):
        for name, value in given.items():
            if name not in known:
                near = nearest(name, known) or ", ".join(known)
                raise BadInput(_("Loyalty has no part or class {name}; the nearest is {near}."), name=name, near=near)
            if not 0 <= value <= 100:
                raise BadInput(_("{name} must lie between 0 and 100, not at {value}."), name=name, value=value)
    own, limits = {**now.weights, **(weights or {})}, {**now.cuts, **(cuts or {})}
    if sum(own.values()) <= 0:
        raise BadInput(_("At least one part of the loyalty index must have a weight."))
    if list(limits.values()) != sorted(limits.values(), reverse=True) or len(set(limits.values())) < len(limits):
        raise BadInput(_("The classes of loyalty must begin one below the other: loyal, attached, wavering."))
    return Records(ds.root).add(KIND, _USUAL, {"weights": own, "cuts": limits}, who)


def loyalty(ds: Readable, customers: pl.DataFrame, month: datetime.date, by: Rules | None = None) -> pl.DataFrame:
    """The index of each of ``customers`` (customer_id) at the end of ``month``: customer_id, index (null: too little is known)."""
    return indexed(parts(ds, customers, month), by or rules(ds)).select("customer_id", "index")


def parts(ds: Readable, customers: pl.DataFrame, month: datetime.date) -> pl.DataFrame:
    """What the index of each of ``customers`` is made of at the end of ``month``: customer_id and a column 0–1 (null: not known) for each
    component that the data tell."""
    end = month_end(month)
    told = customers.select("customer_id").unique(maintain_order=True)
    for found in (_people(ds, end), _months(ds, month), _answers(ds, end), _complaints(ds, end)):
        if found is not None:
            told = told.join(found, on="customer_id", how="left", maintain_order="left")
    if "complaint_free" in told.columns:
        told = told.with_columns(pl.col("complaint_free").fill_null(1.0))
    return told


def indexed(told: pl.DataFrame, by: Rules) -> pl.DataFrame:
    """The parts with ``index`` by the weights of ``by``, null where too little of the weight is known."""
    weights = {name: weight for name, weight in by.weights.items() if name in told.columns and weight > 0}
    if not weights:
        return told.with_columns(pl.lit(None, dtype=pl.Float64).alias("index"))
    observed = pl.sum_horizontal([pl.when(pl.col(c).is_not_null()).then(w).otherwise(0.0) for c, w in weights.items()])
    total = pl.sum_horizontal([pl.col(c).fill_null(0.0) * w for c, w in weights.items()])
    enough = observed >= LEAST_OBSERVED * sum(by.weights.values()) - 1e-9
    return told.with_columns(pl.when(enough).then(100 * total / observed).alias("index"))


def assigned(ds: Dataset, at: datetime.date | None = None, definition: str | None = None) -> pl.DataFrame:
    """The class of each customer active at the end of month ``at`` (else the last complete one): customer_id, group, by number.

    Raises ``NotPossible`` where that month is not in the data.
    """
    month = _month(ds, at)
    d = definition_of(ds, definition)
    sql = f"select p.customer_id from {month_rows(d)} join people p on p.c = m.c where s.active and m.month = ? order by 1"
    people = fetched(ds, sql, [shifted(month, 1)])
    force = rules(ds)
    found = loyalty(ds, people, month, force)
    return found.select("customer_id", force.groups())


def _month(ds: Dataset, at: datetime.date | None) -> datetime.date:
    if not ds.months:
        raise NotPossible(ONE_LIST, what=_("This needs months: these data hold one row a customer"))
    month = (at or ds.months[-1]).replace(day=1)
    if month not in ds.all_months:
        raise NotPossible(_("The month {month} is not in these data."), month=month.strftime("%Y-%m"))
    return month


def _people(ds: Readable, end: datetime.date) -> pl.DataFrame | None:
    frame = full_table(ds, "customers")
    if frame is None:
        return None
    years = (pl.lit(end) - pl.col("open_date")).dt.total_days() / 365.25
    return frame.select("customer_id", (years / 10).clip(0, 1).alias("tenure"))


def _months(ds: Readable, month: datetime.date) -> pl.DataFrame:
    """The parts that the month table tells, of everybody with a row in the six months that end with ``month``."""
    since, recent = month_of(month, -5), month_of(month, -2)
    present = month_columns(ds)

    def now(column: str) -> str:
        return f"max(case when month = DATE '{month}' then CAST({column} AS DOUBLE) end)" if column in present else "CAST(NULL AS DOUBLE)"

    def steady(column: str) -> str:
        """What three months are of the three before; unknown where there was nothing."""
        if column not in present:
            return "CAST(NULL AS DOUBLE)"
        late, early = (f"avg(case when month {sign} DATE '{recent}' then CAST({column} AS DOUBLE) end)" for sign in (">=", "<"))
        return f"case when {early} > 0 then {late} / {early} end"

    rows = fetched(
        ds,
        f"select customer_id, {now('product_count')} as products, {now('salary_in')} as salary, {now('autopay_count')} as paid, "
        f"{steady('txn_count')} as activity, {steady('aum_avg')} as balances from months "
        f"where month between DATE '{since}' and DATE '{month}' group by customer_id",
    )
    main = pl.mean_horizontal((pl.col("salary") > 0).cast(pl.Float64), (pl.col("paid") > 0).cast(pl.Float64))
    parts = [((pl.col("products") - 1) / 4).clip(0, 1).alias("breadth"), main.alias("main_bank"), pl.col("activity", "balances").clip(0, 1)]
    return rows.select("customer_id", *parts)


def _answers(ds: Readable, end: datetime.date) -> pl.DataFrame | None:
    frame = full_table(ds, "surveys")
    if frame is None:
        return None
    year = end - datetime.timedelta(days=365)
    last = frame.filter(pl.col("nps").is_not_null() & (pl.col("answered_at") > year) & (pl.col("answered_at") <= end)).sort(
        "answered_at", "survey_id"
    )
    score = pl.when(pl.col("nps") >= 9).then(1.0).when(pl.col("nps") >= 7).then(0.5).otherwise(0.0)
    return last.group_by("customer_id").agg(pl.col("nps").last()).select("customer_id", score.alias("promoter"))


def _complaints(ds: Readable, end: datetime.date) -> pl.DataFrame | None:
    frame = full_table(ds, "complaints")
    if frame is None:
        return None
    since = end - datetime.timedelta(days=182)
    made = frame.filter((pl.col("created_at") > since) & (pl.col("created_at") <= end))
    return made.select("customer_id").unique().with_columns(pl.lit(0.0).alias("complaint_free"))


def _at_start(ds: Dataset, at: datetime.date | None, definition: str, scope: Scope) -> pl.DataFrame:
    """The class at the start of a month; its bounds are fixed, so that it is the same whoever else may be seen."""
    return assigned(ds, None if at is None else shifted(at, -1), definition)


_COLUMNS = {
    "breadth": {"product_count"},
    "main_bank": {"salary_in", "autopay_count"},
    "activity": {"txn_count"},
    "balances": {"aum_avg"},
}
_TABLES = {"tenure": ("customers", "open_date"), "promoter": ("surveys", "nps"), "complaint_free": ("complaints", "created_at")}


def _possible(ds: Dataset) -> bool:
    """Whether the data hold enough of the parts for anybody to have an index."""
    if ds.shape != "panel" or not ds.measurable:
        return False
    known, weights = set(columns(ds)), rules(ds).weights
    told = {name for name, wanted in _COLUMNS.items() if wanted & known}
    told |= {name for name, (table, column) in _TABLES.items() if column in ds.columns_of(table)}
    return sum(w for name, w in weights.items() if name in told) >= LEAST_OBSERVED * sum(weights.values()) - 1e-9


declare(Grouping("loyalty", _("Loyalty class"), tuple(CLASSES), "not_known", _at_start, _possible, lambda ds: rules(ds).version))
