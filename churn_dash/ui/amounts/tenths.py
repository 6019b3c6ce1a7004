"""What the Value page shows of who brings how much: concentration, tenths, personal and corporate customers."""

from dataclasses import dataclass

import polars as pl

from churn_dash.charts import Bar, Chart, bars, concentration
from churn_dash.contract.few import TOO_FEW
from churn_dash.errors import NotPossible
from churn_dash.measures import METRICS
from churn_dash.segments.groups import tenths as value
from churn_dash.ui import cache, session
from churn_dash.ui.filtering import clicks
from churn_dash.ui.kinds import lifecycle, service_tiers
from churn_dash.ui.kinds.grouped import Split
from churn_dash.ui.kinds.rated import Rated, rated_table
from churn_dash.ui.parts import controls
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.tables import how as how_measured
from churn_dash.ui.parts.tables import metric_labels, metric_units
from churn_dash.ui.parts.values import dimension_words, value_words
from churn_dash.ui.question import PageQuestion, Whole
from churn_dash.words import Count, Money, Number, Ratio, Text, _

_BY = {"balances": _("Balances"), "margin": _("Yearly margin")}
_NAMED = {"balances": _("balances"), "margin": _("the yearly margin")}
_MARKED = (0.01, 0.1, 0.2)
KIND = "customer_type"


@dataclass(frozen=True)
class Seen:
    """The customers by value, and the figures of them all."""

    found: value.Value
    bank: dict[str, float | None]
    whole: Whole

    @property
    def rated(self) -> Rated:
        """The tenths with their churn, the most valuable first."""
        names = {str(i): self._name(i) for i in range(1, value.TENTHS + 1)}
        return Rated(self.found.tenths(), names, self.bank["churn_rate"], self.whole, "churn-by-value")

    def _name(self, tenth: int) -> str:
        if tenth == 1:
            return session.say(_("Top tenth"))
        if tenth == value.TENTHS:
            return session.say(_("Bottom tenth"))
        return session.say(Text(_("Tenth {n}"), n=tenth))


def splits(question: PageQuestion, labels: str, found: Seen | None) -> list[Split]:
    """The customers by tenth, by stage and by kind of service; what the data cannot tell is left out."""
    ways = [] if found is None else [Split("tenth", _("Tenth by value"), found.found.people, found.rated.words)]
    try:
        if not question.timeless:
            stages = lifecycle.seen(question, labels)
            ways.append(Split("stage", _("Stage"), stages.found.people, stages.words))
    except NotPossible:
        pass
    try:
        served = service_tiers.seen(question)
        ways.append(Split("service", _("Kind of service"), served.found.people, served.rated.words))
    except NotPossible:
        pass
    return ways


def by_control() -> value.By:
    """Choose what value is."""
    picked = controls.choice(session.say(_("Value by")), list(_BY), key="value", words=lambda c: session.say(_BY[c]), kind="segments")
    return "margin" if picked == "margin" else "balances"


def seen(question: PageQuestion, margin: value.Margin | None) -> Seen:
    """Value for what is asked. Raises ``NotPossible``."""
    q = question
    asked = (q.filters.where, str(q.period), q.definition, margin)
    found = cache.worked_out(q.ds, q.scope, lambda *_asked: value.value(q, margin), *asked, name="value")
    return Seen(found, found.whole(), q.whole)


def told(question: PageQuestion, margin: value.Margin | None) -> tuple[str, Seen | None]:
    """The page's sentence and what it is about; where the data cannot tell, why not, and None."""
    try:
        one = seen(question, margin)
    except NotPossible as problem:
        return session.say(problem), None
    return answer(one), one if one.bank["customers"] else None


def answer(one: Seen) -> str:
    """The page's sentence: how much the top tenth hold, and how fast they leave."""
    if not one.bank["customers"]:
        return session.say(_("No customer matches these filters."))
    if one.bank["customers"] < TOO_FEW:
        return session.say(Text(_("{n} customers are too few to be shared into tenths."), n=Count(one.bank["customers"])))
    held = one.found.held(0.1)
    if held is None:
        return session.say(_("These customers bring nothing that could be shared out."))
    tenths = {r["group"]: r for r in one.found.tenths().to_dicts()}
    top = tenths.get("1")
    named = {"held": Ratio(held), "what": _NAMED[one.found.by]}
    if top is None or top["churn_rate"] is None or top["churn_rate_n"] < TOO_FEW:
        return session.say(Text(_("The top tenth of customers hold {held} of {what}."), **named))
    named |= {"rate": Ratio(top["churn_rate"]), "bank": Ratio(one.bank["churn_rate"]), "whole": one.whole.within}
    return session.say(Text(_("The top tenth of customers hold {held} of {what}; {rate} of them left, {bank} {whole}."), **named))


def curve_picture(one: Seen) -> Chart:
    """The concentration curve."""
    points = [(x, y) for x, y in one.found.curve().iter_rows()]
    tops = [(t, h) for t, h in one.found.tops() if t in _MARKED and h is not None]
    return cache.chart(concentration, points, tops, look=session.look(), what=session.say(_NAMED[one.found.by]), height=470)


def curve_shown(question: PageQuestion, one: Seen, margin: value.Margin | None, as_table: bool) -> None:
    """The curve on the page: a click near a marked share limits the other charts to those customers."""
    known = [(top, held) for top, held in one.found.tops() if held is not None]
    spoken = [session.say(Text(_("the most valuable {share} hold {held}"), share=_share(top), held=Ratio(held))) for top, held in known]
    marks = [(top, held, words) for (top, held), words in zip(known, spoken, strict=True)]
    levels = clicks.of_split("top", [str(top) for top, _held in known], how(one, margin))
    clicks.points(question.ds, "top", curve_picture(one), marks, levels, as_table, "curve-picture")


def _share(top: float) -> str:
    return f"{100 * top:g}%"


def curve_finding(one: Seen) -> str:
    """Title of the curve."""
    held = one.found.held(0.01)
    if held is None:
        return session.say(_("Nothing to share out"))
    return session.say(Text(_("The top 1% hold {held} of {what}"), held=Ratio(held), what=_NAMED[one.found.by]))


def curve_caption(one: Seen) -> str:
    """Under the title of the curve."""
    named = {"n": Count(len(one.found.known)), "total": Money(one.found.total), "gini": Number(one.found.gini())}
    if one.found.gini() is None:
        return session.say(Text(_("Share of customers, the most valuable first, and what they hold · {n} customers, {total}"), **named))
    return session.say(
        Text(_("Share of customers, the most valuable first, and what they hold · {n} customers, {total} · Gini {gini}"), **named)
    )


def curve_table(one: Seen) -> Table:
    """What the top 1 %, 5 %, … hold."""
    rows = pl.DataFrame(one.found.tops(), schema={"top": pl.Float64, "held": pl.Float64}, orient="row")
    labels = {"top": _("Share of customers"), "held": _("Share of the value")}
    made = _("Customers at the start of the period, the most valuable first; of a customer who is cut in two the part counts.")
    return Table(rows, "concentration", labels, {"top": "ratio", "held": "ratio"}, how=session.say(made))


def tenths_finding(one: Seen) -> str:
    """Title of the tenths: where the money that left came from."""
    rows = one.found.tenths()
    lost = float(rows["aum_lost"].sum() or 0)
    top = rows.filter(pl.col("group") == "1")
    if not lost or top.is_empty() or rows["customers_lost"].sum() < TOO_FEW:
        return session.say(_("Churn by value"))
    share = float(top["aum_lost"][0] or 0) / lost
    return session.say(Text(_("{share} of the balances lost were the top tenth's"), share=Ratio(share)))


def tenths_table(one: Seen) -> Table:
    """The tenths as rows."""
    more = {
        "value": (_BY[one.found.by], "money"),
        "share_of_value": (_("Share of the value"), "ratio"),
        "least": (_("Least in the tenth, ¥"), "money"),
    }
    return rated_table(one.rated, more)


def kinds(question: PageQuestion) -> pl.DataFrame:
    """Personal and corporate customers with churn by heads and balances. Raises ``NotPossible`` where they are not told apart."""
    if KIND not in question.dimensions:
        raise NotPossible(_("Personal and corporate customers are not told apart: it needs the column customer_type of the customers."))
    return question.rows(
        ["churn_rate", "customers", "customers_lost", *([] if question.timeless else ["aum_churn_rate", "aum_start"])], [KIND]
    )


def kinds_caption(rows: pl.DataFrame) -> str:
    """Under the title of the card of personal and corporate customers: what share of the balances the companies hold."""
    plain = _("Churn rate, number of customers beside each name")
    held = rows.filter(pl.col(KIND) == "corporate")
    total = float(rows["aum_start"].sum() or 0) if "aum_start" in rows.columns else 0.0
    if held.is_empty() or not total:
        return session.say(plain)
    share = Ratio(float(held["aum_start"][0] or 0) / total)
    return session.say(Text(_("{words} · corporate customers hold {share} of balances"), words=plain, share=share))


def kinds_picture(question: PageQuestion, rows: pl.DataFrame) -> Chart:
    """Personal and corporate customers as bars."""
    d = question.dimensions[KIND]
    whole_rows = question.rows(["churn_rate"])
    shown = []
    for r in rows.iter_rows(named=True):
        enough = r["churn_rate_n"] >= TOO_FEW
        numbers = (r["churn_rate"], r["churn_rate_n"], r["churn_rate_low"], r["churn_rate_high"])
        shown.append(Bar(value_words(d, r[KIND]), *numbers) if enough else Bar(value_words(d, r[KIND]), None, r["churn_rate_n"]))
    bank = whole_rows["churn_rate"][0] if len(whole_rows) else None
    return cache.chart(
        bars, shown, unit="ratio", look=session.look(), what=session.say(METRICS["churn_rate"].label), bank=bank, line=question.whole.line
    )


def how(one: Seen, margin: value.Margin | None) -> str:
    """What the split ``tenth`` needs to know of the page."""
    return "" if margin is None or one.found.by != "margin" else f"margin,{margin.spread},{margin.servicing}"


def kind_levels(rows: pl.DataFrame) -> list[dict[str, str] | None]:
    """What a click on personal or corporate customers means."""
    return [None if v is None else {KIND: v} for v in rows[KIND].to_list()]


def kinds_finding(question: PageQuestion, rows: pl.DataFrame) -> str:
    """Title of the card of personal and corporate customers."""
    d = question.dimensions[KIND]
    known = rows.filter((pl.col("churn_rate_n") >= TOO_FEW) & pl.col(KIND).is_not_null()).sort("churn_rate", descending=True)
    if len(known) < 2:
        return session.say(_("Personal and corporate customers"))
    first, last = known.row(0, named=True), known.row(-1, named=True)
    named = {
        "high": value_words(d, first[KIND]),
        "high_rate": Ratio(first["churn_rate"]),
        "low": value_words(d, last[KIND]),
        "low_rate": Ratio(last["churn_rate"]),
    }
    return session.say(Text(_("{high}: {high_rate} left; {low}: {low_rate}"), **named))


def kinds_table(question: PageQuestion, rows: pl.DataFrame) -> Table:
    """Personal and corporate customers as rows."""
    d = question.dimensions[KIND]
    names = [n for n in ("churn_rate", "customers", "customers_lost", "aum_churn_rate", "aum_start") if n in rows.columns]
    shown = rows.select(
        pl.Series("group", [value_words(d, v) for v in rows[KIND]], dtype=pl.String), *(c for c in rows.columns if c != KIND)
    )
    columns = ["group", *(c for n in names for c in (n, f"{n}_low", f"{n}_high", f"{n}_n") if shown[c].is_not_null().any())]
    labels = {"group": dimension_words(d), **metric_labels(names)}
    return Table(shown.select(columns), "churn-by-customer-type", labels, metric_units(names), how=how_measured("churn_rate"))
