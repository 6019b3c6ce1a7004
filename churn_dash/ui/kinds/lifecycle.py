"""What the Value page shows of lifecycle stages: churn by stage, moves between stages, and what both are worth."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from churn_dash.charts import Bar, Chart, Move, bars, moves
from churn_dash.contract.few import TOO_FEW
from churn_dash.contract.lifecycle import LABELS, STAGES, StageRule
from churn_dash.segments.groups import lifecycle
from churn_dash.segments.groups.lifecycle import CHURNED, LABEL_SETS, OTHERS, UNKNOWN
from churn_dash.segments.groups.stage_value import StageValue, Worth, stage_value
from churn_dash.ui import cache, session
from churn_dash.ui.amounts import lifetimes as worth
from churn_dash.ui.filtering import clicks
from churn_dash.ui.kinds.rated import Rated
from churn_dash.ui.parts import controls
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.tables import RANGE_LABELS
from churn_dash.ui.question import PageQuestion, Whole
from churn_dash.words import Count, Money, Ratio, Text, _

_WORSE = ("declining", CHURNED)


@dataclass(frozen=True)
class Seen:
    """The stages, the churn of everybody asked for, and the words of the chosen set of labels."""

    found: lifecycle.Lifecycle
    rate: float | None
    whole: Whole
    words: dict[str, str]

    @property
    def rated(self) -> Rated:
        """The stages with their churn."""
        return Rated(self.found.groups(), self.words, self.rate, self.whole, "churn-by-stage")

    @property
    def moves(self) -> pl.DataFrame:
        """The moves from a known stage."""
        return self.found.transitions().filter(pl.col("before") != UNKNOWN)


def labels_control() -> str:
    """Choose between the two sets of labels."""
    return controls.choice(
        session.say(_("Names of the stages")), list(LABEL_SETS), key="labels", words=lambda c: session.say(LABEL_SETS[c]), kind="segments"
    )


def seen(question: PageQuestion, labels: str) -> Seen:
    """The stages for what is asked. Raises ``NotPossible``."""
    q = question
    asked = (q.filters.where, str(q.period), q.definition)
    found = cache.worked_out(q.ds, q.scope, lambda *_asked: lifecycle.lifecycle(q), *asked, name="lifecycle")
    words = {code: session.say(label) for code, label in (LABELS[labels] | OTHERS).items()}
    return Seen(found, found.whole()["churn_rate"], q.whole, words)


def moves_picture(one: Seen) -> Chart:
    """The moves as a grid."""
    rows = one.moves
    shown = [
        Move(b, a, share, n, all_, low, high)
        for b, a, n, all_, share, low, high in rows.select("before", "after", "n", "n_before", "share", "low", "high").iter_rows()
    ]
    befores = [s for s in STAGES if s in rows["before"].to_list()]
    afters = [s for s in (*STAGES, UNKNOWN, CHURNED) if s in rows["after"].to_list()]
    return cache.chart(moves, shown, befores, afters, words=one.words, worse=_WORSE, look=session.look())


def moves_levels(one: Seen) -> list[list[dict[str, str] | None]]:
    """What a click on each cell of the moves means; nothing where nobody moved so."""
    rows = one.moves
    befores = [s for s in STAGES if s in rows["before"].to_list()]
    afters = [s for s in (*STAGES, UNKNOWN, CHURNED) if s in rows["after"].to_list()]
    some = set(rows.filter(pl.col("n") > 0).select("before", "after").rows())
    return [clicks.of_split("stage_move", [f"{b}>{a}" if (b, a) in some else None for a in afters]) for b in befores]


def stage_levels(stages: Sequence[str]) -> list[dict[str, str] | None]:
    """What a click on each stage means."""
    return [{"lifecycle": s} if s in STAGES else None for s in stages]


def moves_finding(one: Seen) -> str:
    """Title of the moves: how many mature customers turned into declining ones or left."""
    rows = {(r["before"], r["after"]): r for r in one.moves.to_dicts()}
    first = rows.get(("mature", "declining"))
    if first is None or first["n_before"] < TOO_FEW:
        return session.say(_("How customers move between stages"))
    left = rows[("mature", CHURNED)]
    named = {"stage": one.words["mature"], "declining": one.words["declining"], "n": Count(first["n_before"])}
    named |= {"turned": Ratio(first["share"]), "left": Ratio(left["share"])}
    return session.say(Text(_("Of {n} in “{stage}”, {turned} went to “{declining}” and {left} are gone"), **named))


def moves_caption(one: Seen) -> str:
    """Under the title of the moves."""
    words = session.say(
        _(
            "From the start of the period (down) to its end (across), % of those who began there · orange: declining or gone, "
            "blue: another stage, grey: the same"
        )
    )
    unknown = int(one.found.transitions().filter(pl.col("before") == UNKNOWN)["n"].sum())
    return f"{words} · {session.say(Text(_('stage not known at the start: {n}'), n=Count(unknown)))}" if unknown else words


def moves_table(question: PageQuestion, one: Seen) -> Table:
    """The moves as rows."""
    rows = one.found.transitions()
    spoken = rows.with_columns(pl.col("before", "after").replace(one.words))
    labels = {
        "before": _("At the start"),
        "after": _("At the end"),
        "n": _("Customers"),
        "n_before": _("Of"),
        "share": _("Share"),
        "low": RANGE_LABELS["low"],
        "high": RANGE_LABELS["high"],
    }
    units = {"n": "count", "n_before": "count", "share": "ratio", "low": "ratio", "high": "ratio"}
    return Table(spoken, "moves-between-stages", labels, units, how=_how(question.ds.settings.stages))


def _how(rule: StageRule) -> str:
    made = _(
        "The first that fits: declining, where balances or transactions of three months are below {declining} of the three before"
        " (from {tenure} months with the bank); exploring, up to {exploring} months; growing, from {growing} of the balances "
        "before or with a product more than six months ago; else mature. Whoever left and came back has the stage of the end."
    )
    values = {"tenure": rule.least_tenure, "exploring": rule.exploring_months}
    return session.say(Text(made, declining=f"{rule.declining:g}", growing=f"{rule.growing:g}", **values))


def valued(question: PageQuestion, one: Seen, assumed: Worth) -> StageValue:
    """What the stages and moves are worth."""
    q = question
    asked = (q.filters.where, str(q.period), q.definition, assumed)
    return cache.worked_out(q.ds, q.scope, lambda *_asked: stage_value(q.ds, one.found, assumed), *asked, name="stage-value")


def value_picture(one: Seen, found: StageValue) -> Chart:
    """Lifetime value by stage, as bars."""
    shown = [
        Bar(one.words[r["stage"]], *((r["value"], r["n"], r["value_low"], r["value_high"]) if r["n"] >= TOO_FEW else (None, r["n"])))
        for r in found.stages.iter_rows(named=True)
    ]
    return cache.chart(bars, shown, unit="money", look=session.look(), what=session.say(_("Lifetime value")), all_grey=True)


def value_finding(one: Seen, found: StageValue) -> str:
    """Title of the values: what a declining customer is worth beside a mature one."""
    values = {r["stage"]: r["value"] for r in found.stages.to_dicts() if r["n"] >= TOO_FEW and r["value"] is not None}
    if not {"mature", "declining"} <= set(values):
        return session.say(_("What a customer of each stage is worth"))
    named = {"mature": Money(values["mature"]), "declining": Money(values["declining"])}
    named |= {"first": one.words["mature"], "second": one.words["declining"]}  # type: ignore[dict-item]
    return session.say(Text(_("A customer in “{first}” is worth {mature}, in “{second}” {declining}"), **named))


def value_caption(found: StageValue, assumed: Worth) -> str:
    """Under the title of the values: what was assumed."""
    return session.say(Text(_("Lifetime value a customer · {assumed}"), assumed=worth.words(assumed, found.fees)))


def value_table(one: Seen, found: StageValue) -> Table:
    """Margin, retention and value by stage."""
    rows = found.stages.with_columns(pl.col("stage").replace(one.words)).drop("n_known")
    labels = {
        "stage": _("Stage"),
        "n": _("Customers"),
        "margin": _("Margin a year, ¥"),
        "retention": _("Retention a year"),
        "retention_low": RANGE_LABELS["low"],
        "retention_high": RANGE_LABELS["high"],
        "value": _("Lifetime value, ¥"),
        "value_low": _("Value, 95% range from, ¥"),
        "value_high": _("Value, 95% range to, ¥"),
    }
    units = {"n": "count", "margin": "money", "value": "money", "value_low": "money", "value_high": "money"}
    units |= dict.fromkeys(("retention", "retention_low", "retention_high"), "ratio")
    made = _(
        "The sum of margin × (retention ÷ (1 + discount))ᵗ over the years counted; retention of the period taken to a year. "
        "The range comes from the churn rate alone. It compares stages and foretells nobody's future."
    )
    return Table(rows, "value-by-stage", labels, units, how=session.say(made))


def worth_table(one: Seen, found: StageValue) -> Table:
    """What the moves brought or cost, the largest loss first."""
    rows = found.moves.filter((pl.col("before") != pl.col("after")) & pl.col("total").is_not_null() & (pl.col("n") > 0)).sort("total")
    shown = rows.select(
        pl.format("{} → {}", pl.col("before").replace(one.words), pl.col("after").replace(one.words)).alias("move"), "n", "each", "total"
    )
    labels = {"move": _("Move between stages"), "n": _("Customers"), "each": _("Each, ¥"), "total": _("Together, ¥")}
    made = _("The lifetime value of the stage at the end less that of the stage at the start; whoever is gone is worth nothing more.")
    return Table(shown, "value-of-moves", labels, {"n": "count", "each": "money", "total": "money"}, how=session.say(made), only=True)


def worth_finding(one: Seen, found: StageValue) -> str:
    """Title of the moves' worth: the costliest move."""
    rows = found.moves.filter((pl.col("before") != pl.col("after")) & pl.col("total").is_not_null() & (pl.col("n") > 0)).sort("total")
    if rows.is_empty() or rows["total"][0] >= 0:
        return session.say(_("What moving between stages is worth"))
    r = rows.row(0, named=True)
    named = {"before": one.words[r["before"]], "after": one.words[r["after"]], "n": Count(r["n"]), "total": Money(-r["total"])}
    return session.say(Text(_("The costliest move: {before} → {after}, {n} customers, {total}"), **named))
