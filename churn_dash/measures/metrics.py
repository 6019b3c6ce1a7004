"""Every measure, declared once: from here come query, tile, help, format, axis, CSV header, command line and docs/METRICS.md."""

from dataclasses import dataclass
from typing import Literal

from churn_dash.marks import _
from churn_dash.measures.statistics.intervals import Interval, garwood, ratio_of_sums, wilson

Unit = Literal["ratio", "count", "money", "per_month"]
Better = Literal["down", "up", ""]
MEAN_MONTH_DAYS = 30.4375


@dataclass(frozen=True)
class Metric:
    """One measure. ``sql`` runs over the sums of ``store/derive/facts.py``; ``top``/``bottom`` name the sums of a proportion."""

    name: str
    label: str
    meaning: str
    sql: str
    unit: Unit
    better: Better
    source: str
    kind: Literal["proportion", "complement", "person_time", "money_share", "plain"]
    top: str = ""
    bottom: str = ""
    needs: tuple[str, ...] = ()

    @property
    def sums(self) -> set[str]:
        """The sums that the value, its interval and its n rest on."""
        money = {"aum_start_churned", "aum_start_sum", "aum_start_squares", "aum_start_squares_churned", "aum_known"}
        named = {part for side in (self.top, self.bottom) if side for part in side.split("-")}
        return named | set(self.needs) | (money if self.kind == "money_share" else set())

    def interval(self, sums: dict[str, float | None]) -> Interval | None:
        """The 95 % interval of the estimate from its sums; None for a plain count or an undefined estimate."""
        if self.kind == "plain":
            return None
        if self.kind == "money_share":
            if not sums["aum_known"]:
                return None
            n = int(sums["active_at_start"] or 0)
            lost, base = sums["aum_start_churned"] or 0.0, sums["aum_start_sum"] or 0.0
            lost_squares, squares = sums["aum_start_squares_churned"] or 0.0, sums["aum_start_squares"] or 0.0
            return ratio_of_sums(lost, base, lost_squares, lost_squares, squares, n, within=(0.0, 1.0))
        top, bottom = _value(self.top, sums), _value(self.bottom, sums)
        if not bottom:
            return None
        if self.kind == "person_time":
            found = garwood(int(top), bottom)
            return found and Interval(found.low * MEAN_MONTH_DAYS, found.high * MEAN_MONTH_DAYS)
        found = wilson(top, bottom)
        if found is not None and self.kind == "complement":
            return Interval(1 - found.high, 1 - found.low)
        return found

    def n(self, sums: dict[str, float | None]) -> float:
        """What the estimate rests on: customers, joiners, or customer-months."""
        if self.kind == "person_time":
            return (sums["exposure_days"] or 0.0) / MEAN_MONTH_DAYS
        if self.bottom:
            return int(_value(self.bottom, sums))
        return int(sums.get("active_at_start") or 0)


def _value(expression: str, sums: dict[str, float | None]) -> float:
    """A sum, or a difference of two.

    >>> _value("a-b", {"a": 3, "b": 1})
    2.0
    """
    first, *rest = expression.split("-")
    return float(sums[first] or 0) - sum(float(sums[r] or 0) for r in rest)


def _share(top: str, bottom: str) -> str:
    return f"CAST({top} AS DOUBLE) / nullif({bottom}, 0)"


_START = "sum(active_at_start)"
_NET = "(sum(churned) - sum(returned))"


def _proportion(name: str, label: str, meaning: str, top_sql: str, top: str, source: str, bottom: str = "active_at_start") -> Metric:
    return Metric(name, label, meaning, _share(top_sql, f"sum({bottom})"), "ratio", "down", source, "proportion", top, bottom)


def _money(
    name: str, label: str, meaning: str, top: str, better: Better, minus: bool = False, kind: Literal["money_share", "plain"] = "plain"
) -> Metric:
    sql = f"sum({top}) / nullif(sum(aum_start_sum), 0)"
    whole = f"case when sum(aum_known) > 0 then {'1 - ' if minus else ''}{sql} end"
    return Metric(
        name, label, meaning, whole, "ratio", better, "METHODS B1", kind, needs=(top, "aum_start_sum", "aum_known", "active_at_start")
    )


METRICS = {
    m.name: m
    for m in (
        _proportion(
            "churn_rate",
            _("Churn rate"),
            _("Customers active at the start of the period who left in it, those who came back included."),
            "sum(churned)",
            "churned",
            "METHODS B1",
        ),
        _proportion(
            "net_churn_rate",
            _("Net churn rate"),
            _("Customers active at the start of the period who left in it and are not back at its end."),
            _NET,
            "churned-returned",
            "METHODS B1",
        ),
        Metric(
            "retention_rate",
            _("Retention rate"),
            _("Customers active at the start of the period who are customers at its end: one less net churn."),
            f"1 - {_share(_NET, _START)}",
            "ratio",
            "up",
            "METHODS B1",
            "complement",
            "churned-returned",
            "active_at_start",
        ),
        Metric(
            "gross_retention_rate",
            _("Gross retention"),
            _("Customers active at the start of the period who never left in it: one less churn."),
            f"1 - {_share('sum(churned)', _START)}",
            "ratio",
            "up",
            "METHODS B1",
            "complement",
            "churned",
            "active_at_start",
        ),
        _proportion(
            "voluntary_churn_rate",
            _("Voluntary churn"),
            _("The part of the churn rate in which the customer decided to go."),
            "sum(churned_voluntary)",
            "churned_voluntary",
            "METHODS B1",
        ),
        _proportion(
            "involuntary_churn_rate",
            _("Involuntary churn"),
            _("The part of the churn rate that the bank or life decided, not the customer."),
            "sum(churned_involuntary)",
            "churned_involuntary",
            "METHODS B1",
        ),
        _proportion(
            "unexplained_churn_rate",
            _("Churn without a reason"),
            _("The part of the churn rate for which no reason was recorded."),
            "(sum(churned) - sum(churned_voluntary) - sum(churned_involuntary))",
            "churned-churned_voluntary-churned_involuntary",
            "METHODS B1",
        ),
        _money(
            "aum_churn_rate",
            _("Balance churn"),
            _("Balances at the start of the period of the customers who left in it, as a share of all balances at its start."),
            "aum_start_churned",
            "down",
            kind="money_share",
        ),
        _money(
            "aum_attrition_rate",
            _("Balances gone"),
            _("Balances that customers at the start of the period had less at its end, whether they left or stayed."),
            "aum_kept_sum",
            "down",
            minus=True,
        ),
        _money(
            "aum_net_retention_rate",
            _("Balances against start"),
            _("Balances at the end of the period of the customers at its start, as a share of theirs then."),
            "aum_end_sum",
            "up",
        ),
        _money(
            "aum_gross_retention_rate",
            _("Balances kept"),
            _("Of the balances at the start of the period, the share still there at its end, growth not counted."),
            "aum_kept_sum",
            "up",
        ),
        _proportion(
            "early_churn_rate",
            _("Early churn"),
            _("New customers of the period who left in the same period."),
            "sum(joiners_churned)",
            "joiners_churned",
            "METHODS B1",
            "joiners",
        ),
        Metric(
            "hazard",
            _("Departures per customer-month"),
            _("Departures divided by the time that customers were there, in customer-months."),
            f"sum(events) * CAST({MEAN_MONTH_DAYS} AS DOUBLE) / nullif(sum(exposure_days), 0)",
            "per_month",
            "down",
            "METHODS B1",
            "person_time",
            "events",
            "exposure_days",
        ),
        Metric(
            "customers",
            _("Customers"),
            _("Customers active at the start of the period."),
            _START,
            "count",
            "up",
            "METHODS B0",
            "plain",
            needs=("active_at_start",),
        ),
        Metric(
            "customers_lost",
            _("Customers lost"),
            _("Customers active at the start of the period who left in it."),
            "sum(churned)",
            "count",
            "down",
            "METHODS B1",
            "plain",
            needs=("churned", "active_at_start"),
        ),
        Metric(
            "customers_new",
            _("New customers"),
            _("Customers who joined in the period."),
            "sum(joiners)",
            "count",
            "up",
            "METHODS B0",
            "plain",
            needs=("joiners",),
        ),
        Metric(
            "aum_start",
            _("Balances"),
            _("Balances of the customers active at the start of the period."),
            "case when sum(aum_known) > 0 then sum(aum_start_sum) end",
            "money",
            "up",
            "METHODS B0",
            "plain",
            needs=("aum_start_sum", "aum_known", "active_at_start"),
        ),
        Metric(
            "aum_lost",
            _("Balances lost"),
            _("Balances at the start of the period of the customers who left in it."),
            "case when sum(aum_known) > 0 then sum(aum_start_churned) end",
            "money",
            "down",
            "METHODS B1",
            "plain",
            needs=("aum_start_churned", "aum_known", "active_at_start"),
        ),
        Metric(
            "customers_near_downgrade",
            _("Near a downgrade"),
            _("Customers of a list whose balances are below the threshold of their tier, or at most 10% above it."),
            "sum(near_downgrade)",
            "count",
            "down",
            "METHODS A3, B3",
            "plain",
            needs=("near_downgrade", "active_at_start"),
        ),
        Metric(
            "customers_dormant",
            _("Dormant"),
            _(
                "Customers of a list with no transaction for 180 days and, where it says so, at most ¥100 left and no loan, wealth product or fund held."
            ),
            "sum(dormant)",
            "count",
            "down",
            "METHODS B0",
            "plain",
            needs=("dormant", "active_at_start"),
        ),
    )
}
"""The closed list of metrics, by name."""
