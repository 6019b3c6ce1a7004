"""What the page "Why it moved" shows: the change between two periods, step by step and group by group."""

import dataclasses
from contextlib import AbstractContextManager
from dataclasses import dataclass

import polars as pl
import streamlit as st

from churn_dash.behind.levels import full_level_words
from churn_dash.charts import Chart, Share, Step, change, contributions
from churn_dash.charts.steps.change import GROUPS_SHOWN, gathered
from churn_dash.contract import DEFINITIONS
from churn_dash.contract.few import ONE_LIST, TOO_FEW
from churn_dash.errors import ChurnDashError, NotPossible
from churn_dash.measures import Period
from churn_dash.measures.comparisons.bridge import Bridge, bridge, earlier
from churn_dash.measures.comparisons.bridge_rates import Counted
from churn_dash.measures.comparisons.bridge_words import sentence, settings_words, step_words
from churn_dash.measures.comparisons.former import formers, resettled, told
from churn_dash.store import Official, shifted
from churn_dash.ui import cache, session
from churn_dash.ui.filtering import clicks, limits
from churn_dash.ui.parts import cards, controls
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.choices import COUNT_BY, COUNTED
from churn_dash.ui.parts.headings import heading
from churn_dash.ui.parts.values import dimension_words, value_words
from churn_dash.ui.question import PageQuestion, month_words, where
from churn_dash.words import Month, Points, Text, _

PAGE = _("Why it moved")
CHART = "groups"
_FIRST = ("tier", "branch_id", "age_band", "tenure_band", "customer_type")
_AGAINST = {
    "year": _("The same months a year before"),
    "before": _("The months just before"),
    "same": _("The same months"),
    "other": _("Other months…"),
}
_SAME = "same"
_OFFICIAL = "official-"


@dataclass(frozen=True)
class Asked:
    """What the reader chose: dimension, what is counted, the months, definition (of today, or what was official once) and data
    version to compare with."""

    by: str
    count: Counted
    against: Period
    definition: str
    official: Official | None
    version: int

    def differs(self, question: PageQuestion) -> bool:
        """Whether anything beside the months is another."""
        ds = question.ds
        settings = self.official.settings if self.official is not None else ds.settings
        moved = resettled(settings, ds.settings, ds.rules[question.definition])
        return moved or (self.definition, self.version) != (question.definition, ds.version)


def controls_drawn(question: PageQuestion) -> Asked | None:
    """Draw the choices; None where the data have no dimension or no months to choose from."""
    if question.period is None or not question.groupings:
        return None
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        known = question.groupings
        names = list(dict.fromkeys([*(n for n in _FIRST if n in known), *known]))
        by = controls.choice(session.say(_("Split by")), names, key="by", words=lambda n: dimension_words(known[n]), width=200)
        against = _months(question)
        counted = controls.choice(
            session.say(_("Count by")), list(COUNT_BY), key="count", words=lambda n: session.say(COUNT_BY[n]), kind="segments"
        )
        with st.popover(session.say(_("Definition and data")), icon=":material/rule:", key="compared"):
            definition, official = _definition(question)
            version = _version(question)
    return Asked(by, COUNTED[counted], against, definition, official, version)


def _months(question: PageQuestion) -> Period:
    """The months to compare with."""
    assert question.period is not None
    now, first = question.period, question.ds.measurable[0]
    before = Period(shifted(now.start, -now.n_months), shifted(now.start, -1))
    starts = [m for m in question.ds.measurable if shifted(m, now.n_months - 1) <= question.ds.measurable[-1] and m != now.start]
    codes = [
        *(["year"] if now.year_before.start >= first and now.year_before.end < now.start else []),
        *(["before"] if before.start >= first else []),
        *(["other"] if starts else []),
        _SAME,
    ]
    code = controls.choice(session.say(_("Compared with")), codes, key="against", words=lambda c: session.say(_AGAINST[c]), width=230)
    if code == "other":
        spoken = {f"{m:%Y-%m}": _span(Period(m, shifted(m, now.n_months - 1))) for m in starts}
        picked = controls.choice(session.say(_("Months")), list(spoken), key="since", words=spoken.__getitem__, width=220)
        start = next(m for m in starts if f"{m:%Y-%m}" == picked)
        return Period(start, shifted(start, now.n_months - 1))
    return {"year": now.year_before, "before": before}.get(code, now)


def _definition(question: PageQuestion) -> tuple[str, Official | None]:
    """The definition to compare with, and what was official once where that was chosen."""
    once = {f"{_OFFICIAL}{o.version}": o for o in formers(question.ds)}
    words = {code: session.say(told(question.ds, o)) for code, o in once.items()}
    code = controls.choice(
        session.say(_("Definition of the comparison")),
        [*question.ds.definitions, *once],
        key="against-definition",
        words=lambda name: words[name] if name in words else session.say(DEFINITIONS[name].label),
        default=question.definition,
        width=340 if once else 280,
        help=session.say(_("What was official before stands below today's definitions, with the settings of its day.")) if once else None,
    )
    return (once[code].definition, once[code]) if code in once else (code, None)


def _version(question: PageQuestion) -> int:
    """The data version to compare with: one whose rows are kept."""
    found = session.workspace()
    kept = [v for v in found.versions() if not v.removed and v.shape == "panel"] if found is not None else []
    dates = {str(v.version): v.created[:10] for v in kept}
    codes = list(dict.fromkeys([str(question.ds.version), *dates]))
    picked = controls.choice(
        session.say(_("Data version of the comparison")),
        codes,
        key="against-version",
        words=lambda code: f"{code} · {dates.get(code, '')}",
        width=280,
    )
    return int(picked)


def found(question: PageQuestion, asked: Asked) -> Bridge:
    """The bridge, remembered. Raises what ``bridge`` raises."""
    q = question
    place = session.workspace()
    other = place.dataset(asked.version) if place is not None and asked.version != q.ds.version else None

    def work(*_asked: object) -> Bridge:
        definition, official = asked.definition, asked.official
        return bridge(q, asked.by, asked.against, definition, other, official, asked.count)

    once = asked.official.version if asked.official is not None else None
    key = (asked.by, asked.count, str(asked.against), asked.definition, once, asked.version, q.filters, str(q.period), q.definition)
    return cache.worked_out(q.ds, q.scope, work, *key, name="bridge")


def answered(question: PageQuestion, asked: Asked | None, top: AbstractContextManager[object]) -> Bridge | None:
    """The bridge with the page's sentence in ``top``; where there is none, the reason as the sentence and what would help."""
    try:
        if question.ds.shape != "panel":
            raise NotPossible(ONE_LIST, what=_("Why churn moved needs months: these data hold one row a customer"))
        if question.period is None or len(question.ds.measurable) < 2:
            raise NotPossible(_("Why churn moved needs at least three months of data."))
        if asked is None:
            raise NotPossible(_("These data say too little about the customers to split the change by."))
        if asked.against == question.period and not asked.differs(question):
            earlier(question.ds, question.period)
            raise NotPossible(_("Nothing differs: choose other months, another definition or another data version to compare with."))
        answer = found(question, asked)
    except ChurnDashError as problem:
        with top:
            heading(where(PAGE, question), session.say(problem))
        cards.needs_time(_("Two periods of the same length are compared: load at least three months, each list with its month."))
        return None
    fewest = min(answer.before.n, answer.after.n)
    if fewest < TOO_FEW:
        with top:
            heading(where(PAGE, question), Text(_("{n} customers are too few to say why their churn moved."), n=fewest))
        return None
    with top:
        heading(where(PAGE, question), sentence(answer, lambda v: _full_level(question, answer, v)))
    return answer


def _level(question: PageQuestion, told: Bridge, level: str | None) -> str:
    d = question.groupings[told.dimension]
    return value_words(d, level)


def _full_level(question: PageQuestion, told: Bridge, level: str | None) -> str:
    """A level as a sentence needs it."""
    return full_level_words(question.groupings[told.dimension], level, session.language())


def steps_chart(told: Bridge) -> Chart:
    """From the earlier rate to the later one."""
    words = step_words(told)
    rows = [Step(session.say(words[name]), value) for name, value in told.steps.items()]
    labels = _ends(told)
    return cache.chart(
        change,
        rows,
        start=told.before.rate,
        end=told.after.rate,
        start_label=labels[0],
        end_label=labels[1],
        look=session.look(),
    )


def _ends(told: Bridge) -> list[str]:
    """What the two ends are called: their months; of the same months what else differs."""
    sides = (told.before, told.after)
    if told.moved:
        return [_span(side.period) for side in sides]
    if told.before.definition != told.after.definition:
        return [session.say(DEFINITIONS[side.definition].label) for side in sides]
    if told.resettled:
        return [session.say(Text(_("settings of {date}"), date=date)) for date in settings_words(told)]
    return [session.say(Text(_("data version {n}"), n=side.version)) for side in sides]


def steps_finding(told: Bridge) -> str:
    """Title of the waterfall: the larger of mix and rates."""
    if abs(told.mix) == abs(told.rate):
        return session.say(_("How the figure came about"))
    if abs(told.rate) > abs(told.mix):
        return session.say(_("Mostly groups leaving faster or slower, not other customers"))
    return session.say(_("Mostly other customers, not groups leaving faster or slower"))


def steps_caption(told: Bridge) -> str:
    """Under it: the unit, and how sure the rate part is."""
    if told.rate_low is None or told.rate_high is None:
        return session.say(_("Churn rate, %, and steps in points; they add up exactly"))
    named = {"low": Points(told.rate_low), "high": Points(told.rate_high)}
    if told.rate_low <= 0 <= told.rate_high:
        return session.say(Text(_("Churn rate, %, and steps in points; the rates alone: {low} to {high}, so it may be chance"), **named))
    return session.say(Text(_("Churn rate, %, and steps in points; the rates alone: {low} to {high}, more than chance"), **named))


def levels_chart(question: PageQuestion, told: Bridge) -> Chart:
    """What each group contributes."""
    return cache.chart(contributions, [Share(_level(question, told, c.level), c.mix, c.rate) for c in told.levels], look=session.look())


def everything(question: PageQuestion, asked: Asked, told: Bridge) -> Bridge:
    """The bridge as the picture of the groups shows it: without what was clicked in it."""
    return found(question.apart(CHART), asked) if limits.picks(CHART) else told


def picture(question: PageQuestion, told: Bridge) -> None:
    """``levels_chart`` on the page: a click on a group limits the other charts to it."""
    rows = [Share(_level(question, told, c.level), c.mix, c.rate) for c in told.levels]
    level = {_level(question, told, c.level): c.level for c in told.levels}
    shown = [r.name for r in gathered(rows, GROUPS_SHOWN, "")]
    levels = [{told.dimension: code} if (code := level.get(name)) is not None else None for name in shown]
    clicks.rows(question.ds, CHART, levels_chart(question, told), levels, words=shown)


def levels_finding(question: PageQuestion, told: Bridge) -> str:
    """Title of the groups: how many of them left faster."""
    large = [c for c in told.levels if min(c.n_before, c.n_after) >= TOO_FEW and c.rate_before is not None and c.rate_after is not None]
    faster = [c for c in large if (c.rate_after or 0.0) > (c.rate_before or 0.0)]
    if not large:
        return session.say(_("No group has enough customers in both periods"))
    return session.say(Text(_("{n} of {all} groups left faster than before"), n=len(faster), all=len(large)))


def paradox_note(told: Bridge) -> None:
    """The warning where the total and every group disagree."""
    if not told.paradox:
        return
    up = told.mix + told.rate > 0
    text = (
        _("Mind the mix: churn rose in total, yet no group left faster. Only their sizes changed (Simpson's paradox).")
        if up
        else _("Mind the mix: churn fell in total, yet no group left slower. Only their sizes changed (Simpson's paradox).")
    )
    with st.container(border=True, key="paradox"):
        st.markdown(f":orange[:material/warning:] **{session.say(text)}**")


def table(question: PageQuestion, told: Bridge) -> Table:
    """Every group before and after, with what it contributes; rates only of groups with enough customers."""
    lines = [dataclasses.asdict(c) | {"change": c.change, "level": _level(question, told, c.level)} for c in told.levels]
    rows = pl.DataFrame(lines, infer_schema_length=None).select(
        "level",
        *(pl.col(c) * 100 for c in ("change", "mix", "rate")),
        *(pl.when(pl.col(f"n_{s}") >= TOO_FEW).then(pl.col(f"rate_{s}")).alias(f"rate_{s}") for s in ("before", "after")),
        "share_before",
        "share_after",
        *(c for s in ("before", "after") for c in (f"n_{s}", f"lost_{s}")),
    )
    labels = {
        "level": dimension_words(question.groupings[told.dimension]),
        "change": _("Contribution, points"),
        "mix": _("of it mix, points"),
        "rate": _("of it rates, points"),
        "rate_before": _("Churn before"),
        "rate_after": _("Churn after"),
        "share_before": _("Share before"),
        "share_after": _("Share after"),
        "n_before": _("Customers before"),
        "n_after": _("Customers after"),
        "lost_before": _("Lost before"),
        "lost_after": _("Lost after"),
    }
    units = dict.fromkeys(("change", "mix", "rate"), "score") | {c: "ratio" for c in labels if c.startswith(("rate_", "share_"))}
    units |= {c: "count" for c in labels if c.startswith(("n_", "lost_"))}
    how = session.say(
        _(
            "Of each group: mix is its change of share times how far its mean rate lies from the mean of the two totals; rates is its mean "
            "share times its change of rate (Kitagawa). Under 30 customers only the counts are shown."
        )
    )
    return Table(rows.sort(pl.col("change").abs(), descending=True), f"change-by-{told.dimension}", labels, units, how=how, only=True)


def _span(period: Period) -> str:
    if period.start == period.end:
        return month_words(period.start)
    return session.say(Text(_("{start} to {end}"), start=Month(period.start), end=Month(period.end)))
