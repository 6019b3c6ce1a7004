"""What the Branches page shows: branches and managers beside one another, adjusted for their customers, within what chance would do."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from churn_dash.causes.satisfaction_compared import satisfaction_compared
from churn_dash.charts import Chart, Limit, Point, funnel
from churn_dash.charts.ground.chart import plain
from churn_dash.charts.groups.funnel import sizes
from churn_dash.contract.few import TOO_FEW
from churn_dash.errors import NotPossible
from churn_dash.measures.comparisons.comparison import CLEAR, STRATA, WARN, Comparison, Unit, comparison, limits
from churn_dash.ui import cache, session
from churn_dash.ui.filtering import clicks
from churn_dash.ui.kinds.branch_words import SAYS, Of
from churn_dash.ui.parts import controls
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.tiles import Tile
from churn_dash.ui.parts.values import dimension_words, value_words
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Count, Ratio, Text, _
from churn_dash.words.numbers import DASH

_MOST_NAMED = 3
_UNITS = ("branch_id", "rm_id", "city")
_MIX, _PLAIN = "mix", "plain"
_FEWEST_LEVELS = 3
VERDICTS = {
    "within": _("within expected variation"),
    "watch": _("outside the 95% limits, as one in twenty is by chance"),
    "above": _("clearly above"),
    "below": _("clearly below"),
}
_SHORT = {"watch": _("to watch"), "within": _("within expected")}
_OF: tuple[Of, ...] = ("churn", "csat")


def offered(question: PageQuestion) -> list[str]:
    """What can be compared: branches, managers, cities, and text columns of the bank's own with several levels."""
    known = question.dimensions
    texts = {a.label for a in question.ds.attributes if a.kind == "category"}
    own = [n for n, d in known.items() if d.own_words and n in texts and len(d.values) >= _FEWEST_LEVELS]
    return [n for n in _UNITS if n in known] + own


def unit_control(question: PageQuestion, names: list[str]) -> tuple[str, str, Of]:
    """Choose what is compared, by what, and whether its mix of customers is allowed for."""
    known = question.dimensions
    told = [o for o in _OF if o == "churn" or "surveys" in question.ds.info.tables]
    of = _OF[0]
    if len(told) > 1:
        picked = controls.choice(
            session.say(_("Compared by")), told, key="compare-of", words=lambda n: session.say(_label(n)), kind="segments"
        )
        of = next(o for o in told if o == picked)
    by = controls.choice(session.say(_("Compare")), names, key="compare-by", words=lambda n: dimension_words(known[n]), width=240)
    words = {_MIX: _("for their mix of customers"), _PLAIN: _("not at all")}
    mixed = any(n in known and n != by for n in STRATA)
    options = [_MIX, _PLAIN] if mixed else [_PLAIN]
    how = controls.choice(session.say(_("Adjusted")), options, key="compare-how", words=lambda n: session.say(words[n]), kind="segments")
    return by, how, of


def _label(of: str) -> str:
    return next(w.label for o, w in SAYS.items() if o == of)


def found(question: PageQuestion, by: str, how: str, of: Of = "churn") -> tuple[Comparison | None, NotPossible | None]:
    """The comparison, remembered, or why there is none."""
    q, strata = question, None if how == _MIX else ()

    def work(*_asked: Any) -> Comparison:
        compared = comparison if of == "churn" else satisfaction_compared
        return compared(q, by, strata)

    try:
        return cache.worked_out(q.ds, q.scope, work, by, how, of, q.filters, str(q.period), q.definition, name="comparison"), None
    except NotPossible as problem:
        return None, problem


def _large(told: Comparison) -> list[Unit]:
    return [u for u in told.units if u.n >= TOO_FEW]


def _name(question: PageQuestion, told: Comparison, unit: str) -> str:
    return value_words(question.dimensions[told.by], unit)


def _named(question: PageQuestion, told: Comparison, verdict: str) -> list[str]:
    return [_name(question, told, u.name) for u in told.clear if u.verdict == verdict and u.n >= TOO_FEW]


def answer(question: PageQuestion, told: Comparison, of: Of = "churn") -> Text:
    """The page's sentence: who is clearly outside, by name; nobody else is named."""
    says = SAYS[of]
    bad, good, all_units = _named(question, told, says.worse), _named(question, told, says.good), len(_large(told))
    if not all_units:
        return Text(_("None of the {n} units has {fewest} customers: too few to compare."), n=Count(len(told.units)), fewest=TOO_FEW)
    if bad and len(bad) <= _MOST_NAMED:
        return Text(says.named, n=len(bad), all=all_units, names=_joined(bad))
    if bad:
        return Text(says.some, n=len(bad), all=all_units)
    if good and len(good) <= _MOST_NAMED:
        return Text(says.better, all=all_units, names=_joined(good))
    return Text(_("All {all} are within expected variation."), all=all_units)


def _joined(names: list[str]) -> str:
    return ("、" if session.language() == "zh" else ", ").join(names)


def tiles(question: PageQuestion, told: Comparison, of: Of = "churn") -> list[Tile]:
    """The row of figures."""
    large = _large(told)
    watch = sum(1 for u in large if u.verdict == "watch")
    chance = Text(_("by chance about {n} of {all}"), n=round((1 - WARN) * len(large)), all=len(large))
    spread, spread_is = _spread([u.shrunk for u in large])
    return [
        Tile(_("Clearly above"), str(len(_named(question, told, "above"))), note=session.say(Text(_("of {n}"), n=len(large)))),
        Tile(_("Clearly below"), str(len(_named(question, told, "below"))), note=session.say(Text(_("of {n}"), n=len(large)))),
        Tile(_("To watch"), str(watch), note=session.say(chance)),
        Tile(SAYS[of].rate, session.look().show(told.rate, "ratio"), note=session.say(_("of all of them"))),
        Tile(_("Likely spread"), spread, note=session.say(spread_is)),
    ]


def _spread(shrunk: Sequence[float]) -> tuple[str, str]:
    """From the lowest to the highest shrunk rate, with what that is; one rate where nothing sets them apart."""
    if not shrunk:
        return DASH, _("shrunk rates, lowest to highest")
    low, high = f"{100 * min(shrunk):.1f}", f"{100 * max(shrunk):.1f}"
    if low == high:
        return f"{low}%", _("shrunk rates: no difference beyond chance")
    return f"{low}–{high}%", _("shrunk rates, lowest to highest")


def chart(question: PageQuestion, told: Comparison, of: Of = "churn") -> Chart:
    """The funnel plot. A unit stands where one of the bank's own mix with the same spread would."""
    large = _large(told)
    points = [
        Point(_name(question, told, u.name), _size(u, told.rate), u.adjusted or 0.0, _hover(question, told, u, of), u.verdict)
        for u in large
    ]
    at = sizes(max([p.size for p in points], default=1.0) * 1.06)
    drawn = [
        Limit(label, at, *([getattr(limits(n, told.rate, level), end) for n in at] for end in ("low", "high")))
        for label, level in (("95%", WARN), ("99.8%", CLEAR))
        if 0 < told.rate < 1
    ]
    return cache.chart(
        funnel,
        points,
        told.rate,
        drawn,
        look=session.look(),
        what=session.say(SAYS[of].rate),
        worse=SAYS[of].worse,
        line=question.whole.line,
    )


CHART = "funnel"


def picture(question: PageQuestion, told: Comparison, of: Of = "churn") -> None:
    """The funnel plot on the page: a click on a unit limits the other pages to it, and lists its customers."""
    large = _large(told)
    marks = [(_size(u, told.rate), u.adjusted or 0.0, _hover(question, told, u, of)) for u in large]
    clicks.points(question.ds, CHART, chart(question, told, of), marks, [{told.by: u.name} for u in large])


def _size(u: Unit, rate: float) -> float:
    """So many customers leaving at the bank's rate vary as much, relative to it, as the unit's own do at theirs."""
    p = u.expected / u.n
    return u.n * p / (1 - p) * (1 - rate) / rate if 0 < p < 1 and 0 < rate < 1 else float(u.n)


def _hover(question: PageQuestion, told: Comparison, u: Unit, of: Of) -> str:
    words = Text(
        SAYS[of].hover,
        name=plain(_name(question, told, u.name)),
        rate=Ratio(u.adjusted),
        low=Ratio(u.low),
        high=Ratio(u.high),
        left=Count(u.left),
        n=Count(u.n),
        expected=f"{u.expected:.1f}",
        verdict=VERDICTS[u.verdict],
    )
    return session.say(words)


def caption(question: PageQuestion, told: Comparison, of: Of = "churn") -> str:
    """Under the title of the funnel: what was adjusted for, what the lines are, who is not on it."""
    known = question.dimensions
    mix = _joined([dimension_words(known[s]) if s in known else s for s in told.strata])
    words = Text(SAYS[of].adjusted, mix=mix) if mix else Text(SAYS[of].plain)
    parts = [session.say(words), session.say(_("chance keeps 95% of units inside the dotted, 99.8% inside the solid lines"))]
    if small := len(told.units) - len(_large(told)):
        parts.append(session.say(Text(_("{n} units under {fewest} customers left out"), n=small, fewest=TOO_FEW)))
    if told.unplaced:
        parts.append(session.say(Text(_("{n} customers of no known unit"), n=Count(told.unplaced))))
    return " · ".join(parts)


def finding(told: Comparison) -> str:
    """Title of the funnel: how many are inside."""
    large = _large(told)
    inside = sum(1 for u in large if u.verdict == "within")
    return session.say(Text(_("{n} of {all} are within expected variation"), n=inside, all=len(large)))


def ranking_finding(told: Comparison) -> Text | str:
    """Title of the ranking: whether the units differ at all."""
    if told.prior_n is None:
        return _("They differ no more than chance: every one is shown as expected of its customers")
    return _("Rates as they are likely to be, small units pulled to what was expected")


def ranking_caption(told: Comparison) -> Text | str:
    """Under the title of the ranking: how strongly they are pulled."""
    if told.prior_n is None:
        return _("Empirical Bayes, with 95% ranges")
    if told.estimated:
        return Text(
            _("Empirical Bayes: what was expected weighs as much as {n} customers of its own, as the spread tells"), n=Count(told.prior_n)
        )
    return Text(
        _("What was expected weighs as much as {n} customers of its own; with so few units their spread cannot tell"), n=Count(told.prior_n)
    )


def ranking(question: PageQuestion, told: Comparison, of: Of = "churn") -> Table:
    """The units by shrunk rate, highest first; of small ones only the counts."""
    rows: list[tuple[Any, ...]] = []
    for u in sorted(told.units, key=lambda u: (u.n < TOO_FEW, -u.shrunk)):
        rates = (u.shrunk, u.shrunk_low, u.shrunk_high, u.adjusted, u.rate) if u.n >= TOO_FEW else (None,) * 5
        charts = (u.p_chart_low, u.p_chart_high) if u.n >= TOO_FEW else (None, None)
        verdict = session.say(_SHORT.get(u.verdict, VERDICTS[u.verdict])) if u.n >= TOO_FEW else session.say(_("too few customers"))
        rows.append((_name(question, told, u.name), *rates, u.left, u.expected, u.n, verdict, *charts))
    names = ("unit", "shrunk", "shrunk_low", "shrunk_high", "adjusted", "rate", "left", "expected", "n", "verdict", "p_low", "p_high")
    kinds = dict(zip(names, (pl.String, *[pl.Float64] * 5, pl.Int64, pl.Float64, pl.Int64, pl.String, pl.Float64, pl.Float64), strict=True))
    labels = {
        "unit": dimension_words(question.dimensions[told.by]),
        "shrunk": SAYS[of].likely,
        "shrunk_low": _("95% range from"),
        "shrunk_high": _("95% range to"),
        "adjusted": SAYS[of].adjusted_rate,
        "rate": SAYS[of].own,
        "left": SAYS[of].counted,
        "expected": SAYS[of].expected,
        "n": SAYS[of].customers,
        "verdict": _("Amounts to"),
        "p_low": _("3-sigma limit, lower"),
        "p_high": _("3-sigma limit, upper"),
    }
    units = dict.fromkeys(("shrunk_low", "shrunk_high", "adjusted", "rate", "p_low", "p_high"), "ratio")
    units |= {"shrunk": "bar", "left": "count", "expected": "decimal", "n": "count"}
    shown = ("unit", "shrunk", "verdict", "left", "expected", "n", "shrunk_low", "shrunk_high", "adjusted", "rate", "p_low", "p_high")
    return Table(
        pl.DataFrame(rows, schema=kinds, orient="row").select(shown),
        f"comparison-{of}-{told.by}",
        labels,
        units,
        how=session.say(SAYS[of].how),
        only=True,
    )
