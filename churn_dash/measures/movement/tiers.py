"""How customers moved between service tiers, by a bank's rule: up, down, stayed, or left. Source: METHODS B3 (T3)."""

import functools
from dataclasses import dataclass

import polars as pl

from churn_dash.contract.tiers import TIER_RULES, USUAL, Tiers
from churn_dash.errors import NotFound, NotPossible
from churn_dash.marks import _
from churn_dash.measures.conditions.condition import condition
from churn_dash.measures.conditions.groupings import at_starts
from churn_dash.measures.filters import Period
from churn_dash.measures.movement.growth import without_start
from churn_dash.measures.question import Question, definition_of
from churn_dash.measures.statistics.intervals import Interval, ratio_of_sums, wilson
from churn_dash.store import Dataset, shifted
from churn_dash.store.derive.facts import month_rows
from churn_dash.words import nearest

LOST = "lost"
UNKNOWN = "unknown"
MOVES = ("down", LOST, "stay", "up")
"""The partition of the customers who started above the lowest tier; its shares add up to 1."""
_CELLS = {
    "start": pl.String,
    "end": pl.String,
    "n": pl.Int64,
    "balance": pl.Float64,
    "squares": pl.Float64,
    "n_balance": pl.Int64,
}


@dataclass(frozen=True)
class Share:
    """A share with its interval and what it rests on: ``k`` of ``n`` customers, or an amount of one (CNY)."""

    k: float
    n: float
    value: float | None
    interval: Interval | None


@dataclass(frozen=True)
class Migration:
    """Between the start and the end of a period.

    ``cells``: a row a pair of tiers: start, end (a tier, ``lost`` for who left in the period, ``unknown`` where no balance tells),
    n, balance (CNY at the start), squares (its sum of squares), n_balance (customers whose balance is known). ``unknown``: customers
    whose tier at the start or at the end is not known; they are in no share.
    """

    rule: str
    period: Period
    definition: str
    cells: pl.DataFrame
    unknown: int
    tiers: Tiers = USUAL
    """The bank's tiers and their thresholds (CNY), the lowest first."""

    @property
    def names(self) -> tuple[str, ...]:
        """The tiers, the lowest first."""
        return tuple(name for name, _floor in self.tiers)

    def share(self, move: str, start: str | None = None, money: bool = False, stayers: bool = False) -> Share:
        """The share of one of ``MOVES`` among who started above the lowest tier, or in ``start``; ``money``: of their balances;
        ``stayers``: among those who did not leave. Undefined where nobody is there."""
        rows = self._above(start)
        if stayers:
            rows = rows.filter(pl.col("move") != LOST)
        mine = rows.filter(pl.col("move") == move)
        if not money:
            k, n = int(mine["n"].sum()), int(rows["n"].sum())
            return Share(k, n, k / n if n else None, wilson(k, n))
        y, x = float(mine["balance"].sum()), float(rows["balance"].sum())
        squares, n = float(mine["squares"].sum()), int(rows["n_balance"].sum())
        found = ratio_of_sums(y, x, squares, squares, float(rows["squares"].sum()), n, within=(0.0, 1.0))
        return Share(y, x, y / x if x else None, found)

    @property
    def fallen_two(self) -> int:
        """Customers who fell by two tiers or more."""
        rows = self._above(None).filter(pl.col("move") == "down")
        return int(rows.filter(pl.col("from") - pl.col("to") >= 2)["n"].sum())

    @functools.cached_property
    def matrix(self) -> pl.DataFrame:
        """Every pair of a start tier that somebody had and an end tier or ``lost``: start, end, move, n, share (of the start
        tier), balance (CNY), balance_share. The shares of a start tier add up to 1."""
        known = self._moved
        rows = pl.DataFrame(
            [(s, e) for s in self.names for e in (*self.names, LOST) if s in known["start"]],
            schema={"start": pl.String, "end": pl.String},
            orient="row",
        )
        rows = rows.join(known.select("start", "end", "n", "balance"), on=["start", "end"], how="left", maintain_order="left")
        rows = rows.with_columns(pl.col("n").fill_null(0), pl.col("balance").fill_null(0.0), self._move())
        n, balance = pl.col("n").sum().over("start"), pl.col("balance").sum().over("start")
        return rows.select(
            "start",
            "end",
            "move",
            "n",
            (pl.col("n") / n).alias("share"),
            "balance",
            pl.when(balance > 0).then(pl.col("balance") / balance).alias("balance_share"),
        )

    @functools.cached_property
    def _moved(self) -> pl.DataFrame:
        rows = self.cells.filter((pl.col("start") != UNKNOWN) & (pl.col("end") != UNKNOWN))
        return rows.with_columns(self._move(), self._rank("start").alias("from"), self._rank("end").alias("to"))

    def _above(self, start: str | None) -> pl.DataFrame:
        rows = self._moved
        return rows.filter(pl.col("from") > 0) if start is None else rows.filter(pl.col("start") == start)

    def _rank(self, column: str) -> pl.Expr:
        return pl.col(column).replace_strict(self.names, range(len(self.names)), default=None, return_dtype=pl.Int64)

    def _move(self) -> pl.Expr:
        start, end = self._rank("start"), self._rank("end")
        moved = pl.when(pl.col("end") == LOST).then(pl.lit(LOST)).when(end < start).then(pl.lit("down"))
        return moved.when(end > start).then(pl.lit("up")).otherwise(pl.lit("stay")).alias("move")


def rule_of(ds: Dataset, name: str | None) -> str:
    """The tier rule to use: the one asked for, else that of the bank's settings.

    Raises ``NotFound`` for an unknown one, ``NotPossible`` where these data hold no month-average balances by month.
    """
    chosen = name or ds.rules["tier_down"].settings.tier_down.rule
    if chosen not in TIER_RULES:
        near = nearest(chosen, TIER_RULES) or ", ".join(TIER_RULES)
        raise NotFound(_("There is no tier rule {name}; the nearest is {near}."), name=chosen, near=near)
    if not followed(ds):
        raise NotPossible(_("Tiers need month-average balances (aum_avg) of each customer month by month, which these data do not hold."))
    return chosen


def followed(ds: Dataset) -> bool:
    """Whether these data tell tiers by the rules: month-average balances, month by month."""
    return ds.shape == "panel" and f"tier_{next(iter(TIER_RULES))}" in ds.month_columns


def leaving(ds: Dataset, name: str | None) -> str:
    """By which definition a customer of the partition has left: a downgrade is no departure there."""
    chosen = definition_of(ds, name)
    if chosen != "tier_down":
        return chosen
    return ds.default_definition if ds.default_definition != "tier_down" else next(d for d in ds.definitions if d != "tier_down")


def migration(question: Question, rule: str | None = None) -> Migration:
    """Who was in which tier before the period, and who is in which at its end; by default over the last twelve complete months.

    Customers are those active at the start of the period; who leaves in it is lost, as in ``churn_rate``. Raises ``NotPossible``
    where the data hold no month-average balances, ``NotFound`` for an unknown rule or name.
    """
    ds = question.ds
    chosen, by = rule_of(ds, rule), leaving(ds, question.definition)
    # As the dimension tier: who had no known tier before the first month is in that of its end.
    whole = question.months
    where = condition(question, at_starts(by, question.scope, [whole.start]))
    gone = "coalesce(s.end_day <= ?, false)"
    sql = (
        f"select case when b.tier_{chosen} >= 0 then b.tier_{chosen} else m.tier_{chosen} end as first, "
        f"case when {gone} then -2 else e.tier_{chosen} end as last, CAST(count(*) AS BIGINT) as n, "
        "sum(m.aum_start) as balance, sum(m.aum_start * m.aum_start) as squares, CAST(count(m.aum_start) AS BIGINT) as n_balance "
        f"from {month_rows(by)} left join month_rows b on b.c = m.c and b.month = ? left join month_rows e on e.c = m.c and e.month = ? "
        f"where s.active and m.month = ?{where.and_sql} group by 1, 2 order by 1 nulls last, 2 nulls last"
    )
    bound = [whole.last_day, shifted(whole.start, -1), whole.end, whole.start, *where.bound]
    names = dict(enumerate(ds.settings.tiers)) | {-2: LOST}
    rows = [
        (names.get(first, UNKNOWN), names.get(last, UNKNOWN), n, balance or 0.0, squares or 0.0, n_balance)
        for first, last, n, balance, squares, n_balance in ds.cursor().execute(sql, bound).fetchall()
    ]
    cells = pl.DataFrame(rows, schema=_CELLS, orient="row").group_by("start", "end", maintain_order=True).sum()
    if len(cells) and (cells["start"] == UNKNOWN).all() and (why := without_start(ds, whole.start)) is not None:
        raise NotPossible(_("{why} Choose a period that begins in another month."), why=why)
    unknown = cells.filter((pl.col("start") == UNKNOWN) | (pl.col("end") == UNKNOWN))
    return Migration(chosen, whole, by, cells, int(unknown["n"].sum()), ds.settings.tier_down.tiers)


def moved_customers(question: Question, rule: str | None = None) -> pl.DataFrame:
    """The customers behind ``migration``: customer_id, start, end (a tier, ``lost`` or ``unknown``), by number. Raises what it raises."""
    ds = question.ds
    chosen, by = rule_of(ds, rule), leaving(ds, question.definition)
    whole = question.months
    where = condition(question, at_starts(by, question.scope, [whole.start]))
    sql = (
        f"select p.customer_id, b.tier_{chosen}, case when coalesce(s.end_day <= ?, false) then -2 else e.tier_{chosen} end "
        f"from {month_rows(by)} join people p on p.c = m.c left join month_rows b on b.c = m.c and b.month = ? "
        f"left join month_rows e on e.c = m.c and e.month = ? where s.active and m.month = ?{where.and_sql} "
        "order by p.customer_id nulls last"
    )
    bound = [whole.last_day, shifted(whole.start, -1), whole.end, whole.start, *where.bound]
    names = dict(enumerate(ds.settings.tiers)) | {-2: LOST}
    rows = [(c, names.get(a, UNKNOWN), names.get(z, UNKNOWN)) for c, a, z in ds.cursor().execute(sql, bound).fetchall()]
    return pl.DataFrame(rows, schema={"customer_id": pl.String, "start": pl.String, "end": pl.String}, orient="row")
