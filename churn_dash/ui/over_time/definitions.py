"""What the Definitions page shows: definitions side by side on the same customers, with sliders, and the official one."""

import datetime
import json
from dataclasses import replace

import polars as pl
import streamlit as st

from churn_dash.charts import Bar, Chart, Together, bars, upset
from churn_dash.contract import DEFINITIONS
from churn_dash.contract.definitions import WINDOWS, AssetDecline, ChurnDefinition, Dormancy, Settings, TierDown, with_settings
from churn_dash.contract.few import TOO_FEW
from churn_dash.contract.tiers import TIER_RULES
from churn_dash.measures import METRICS, named
from churn_dash.measures.lab import Judged, Lab, Share, compare_definitions
from churn_dash.measures.statistics.intervals import Interval, ends
from churn_dash.store import freeze
from churn_dash.store.lacking import not_shown
from churn_dash.store.official import history
from churn_dash.ui import cache, session
from churn_dash.ui.filtering import clicks
from churn_dash.ui.parts import controls
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.progress import long_work, progress
from churn_dash.ui.parts.tables import how
from churn_dash.ui.question import Question
from churn_dash.words import Count, Ratio, Text, _

_DAYS = (30, 60, 90, 120, 150, 180, 270, 365, 540, 730)
_BALANCES = (0, 10, 100, 500, 1_000, 5_000, 10_000)
_SHARES = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7)
_GRACE = (1, 2, 3, 4, 5, 6, 9, 12)
_MOST_ROWS = 9
_SHORT = {
    "close": _("closure"),
    "absent": _("absence"),
    "dormant": _("dormancy"),
    "asset_out": _("decline"),
    "tier_down": _("downgrade"),
    "flag": _("flag"),
    "first": _("first of them"),
}


def settings(question: Question) -> Settings:
    """The sliders; their defaults are the settings in force."""
    s, known = question.ds.settings, question.ds.definitions
    d, a, t = s.dormancy, s.asset_decline, s.tier_down
    if "dormant" in known:
        days = _number(_("Dormancy: days without a transaction"), "days", _DAYS, d.days, "{n} days")
        balance = _number(_("Dormancy: balance at most"), "balance", _BALANCES, d.balance, "¥{n}")
        d = Dormancy(int(days), balance, d.grace_days)
    if "asset_out" in known:
        share = _number(_("Asset decline: share left, at most"), "share", _SHARES, a.share, "")
        window = _number(_("Asset decline: compared with months before"), "window", WINDOWS, a.window, "{n} months")
        a = AssetDecline(share, int(window), a.least_baseline)
    if "tier_down" in known:
        words = {r.name: session.say(r.label) for r in TIER_RULES.values()}
        rule = controls.choice(session.say(_("Tier downgrade: rule of")), list(words), key="rule", words=words.__getitem__, default=t.rule)
        usual = t.applied.months if rule == t.rule else TIER_RULES[rule].months
        months = int(_number(_("Tier downgrade: months below the tier"), "grace", _GRACE, usual, "{n} months"))
        t = TierDown(rule, 0 if months == TIER_RULES[rule].months else months)
    return Settings(d, a, t)


_WORDS = {"{n} days": _("{n} days"), "{n} months": _("{n} months"), "¥{n}": _("¥{n}")}


def _number(label: str, key: str, options: tuple[float, ...], default: float, template: str) -> float:
    """One number of a closed list, the default among them."""
    known = sorted({*options, default})
    codes = [f"{x:g}" for x in known]

    def words(code: str) -> str:
        if not template:
            return session.look().show(float(code), "ratio").replace(".00%", "%")
        return session.say(Text(_WORDS[template], n=f"{float(code):,.0f}"))

    return float(controls.slider(session.say(label), codes, key=f"lab-{key}", words=words, default=f"{default:g}"))


def rules(question: Question, chosen: Settings) -> dict[str, ChurnDefinition]:
    """Every definition that the data can answer, with these settings."""
    return {name: d for name, d in with_settings(chosen).items() if name in question.ds.definitions}


def not_shown_words(question: Question, chosen: Settings) -> list[str]:
    """The definitions that the data cannot show, and what data would make them possible; a sentence each."""
    return [session.say(Text(_("Not shown: {reason}."), reason=why)) for why in not_shown(question.ds, with_settings(chosen)).values()]


def lab(question: Question, chosen: Settings) -> Lab:
    """The comparison, worked out once for each setting."""
    period = question.period
    asked = (str(chosen), question.filters.where, str(period))

    known = rules(question, chosen)
    return long_work(
        question.ds,
        question.scope,
        lambda told: compare_definitions(question.ds, known, question.filters, period, question.scope, progress=told),
        *asked,
        name="lab",
    )


def answer(question: Question, found: Lab) -> str:
    """The page's sentence: how much the choice matters, and which is in force."""
    known = [j for j in found.judged if j.heads.value is not None]
    if not known:
        return session.say(_("No customer matches these filters."))
    low, high = (f(known, key=lambda j: j.heads.value or 0.0) for f in (min, max))
    if low.heads.value == high.heads.value:
        return session.say(Text(_("By every definition that can be told, {rate} of customers are lost."), rate=Ratio(low.heads.value)))
    named_ = {
        "low": Ratio(low.heads.value),
        "least": DEFINITIONS[low.name].label,
        "high": Ratio(high.heads.value),
        "most": DEFINITIONS[high.name].label,
    }
    return session.say(Text(_("By definition, {low} to {high} of customers are lost: least by {least}, most by {most}."), **named_))


def table(found: Lab) -> Table:
    """The definitions as rows."""
    shown = pl.DataFrame(
        [
            {
                "definition": session.say(DEFINITIONS[j.name].label),
                "rate": j.heads.value,
                **_enough(j.recovered, "recovered"),
                **_enough(j.caught, "caught"),
                **_with_ends("money", j.aum_share, j.aum_interval),
                "lead": j.lead_days if j.n_lead >= TOO_FEW else None,
                "lost": j.heads.n,
                "n": j.heads.of,
                "low": ends(j.heads.interval)[0],
                "high": ends(j.heads.interval)[1],
                "followed": j.recovered.of,
                "found_before": j.n_lead,
            }
            for j in found.judged
        ],
        schema={
            "definition": pl.String, "rate": pl.Float64, "recovered": pl.Float64, "caught": pl.Float64, "money": pl.Float64,
            "lead": pl.Float64, "lost": pl.Int64, "n": pl.Int64, "low": pl.Float64, "high": pl.Float64,
            **{f"{name}_{end}": pl.Float64 for name in _RANGED for end in ("low", "high")},
            "followed": pl.Int64, "found_before": pl.Int64,
        },
    )  # fmt: skip
    labels = {
        "definition": _("Definition of churn"),
        "rate": METRICS["churn_rate"].label,
        "lost": _("Lost"),
        "n": _("Customers"),
        "low": _("95% range from"),
        "high": _("95% range to"),
        "money": METRICS["aum_churn_rate"].label,
        "caught": _("Leavers found"),
        "recovered": _("Back by themselves"),
        "followed": _("Followed up"),
        "lead": _("Days ahead, median"),
        "found_before": _("Found ahead"),
    }
    for name in _RANGED:
        labels[f"{name}_low"] = session.say(Text(_("{metric}, 95% range from"), metric=session.say(labels[name])))
        labels[f"{name}_high"] = session.say(Text(_("{metric}, 95% range to"), metric=session.say(labels[name])))
    units = {
        **dict.fromkeys(("rate",), "bar"),
        **dict.fromkeys(("low", "high", *_RANGED, *(f"{name}_{end}" for name in _RANGED for end in ("low", "high"))), "ratio"),
        **dict.fromkeys(("lost", "n", "followed", "found_before", "lead"), "count"),
    }
    return Table(shown, "definitions", labels, units, how=how("churn_rate"), only=True)


_RANGED = ("money", "caught", "recovered")
"""Shares of the table that have a range of their own beside the rate's."""


def _with_ends(name: str, value: float | None, interval: Interval | None) -> dict[str, float | None]:
    low, high = ends(interval)
    return {name: value, f"{name}_low": low, f"{name}_high": high}


def _enough(share: Share | None, name: str) -> dict[str, float | None]:
    """A share with its range; nothing where too few stand behind it."""
    if share is None or share.of < TOO_FEW:
        return _with_ends(name, None, None)
    return _with_ends(name, share.value, share.interval)


def table_caption(found: Lab) -> Text:
    """Under the title of the table: until when everybody was followed."""
    named_ = {"date": found.until.isoformat(), "n": Count(found.leavers), "months": found.horizon}
    if found.leave is None:
        return Text(_("Came back: within {months} months. Who really left is not known: no closing dates, no later months"), **named_)
    return Text(_("{n} customers really left until {date} · came back: of those followed up, within {months} months"), **named_)


def finding(found: Lab) -> Text:
    """Title of the table: which definition is most often wrong about people."""
    known = [j for j in found.judged if j.recovered.of >= TOO_FEW and len(DEFINITIONS[j.name].forms) == 1]
    if not known:
        return Text(_("What each definition finds"))
    worst = max(known, key=lambda j: j.recovered.value or 0.0)
    named_ = {"what": DEFINITIONS[worst.name].label, "share": Ratio(worst.recovered.value), "n": Count(worst.recovered.of)}
    return Text(_("Of {n} customers lost by {what}, {share} came back by themselves"), **named_)


def _single(found: Lab) -> list[Judged]:
    return [j for j in found.judged if j.only is not None]


def overlap_chart(found: Lab) -> Chart:
    """The combinations that hold most customers."""
    words = {j.name: session.say(_SHORT[j.name]) for j in _single(found)}
    rows = [Together(tuple(words[n] for n in o.names), o.n) for o in found.overlaps[:_MOST_ROWS]]
    what = session.say(METRICS["customers_lost"].label)
    return cache.chart(upset, list(words.values()), rows, look=session.look(), what=what)


def overlap_levels(question: Question, found: Lab, chosen: Settings) -> list[dict[str, str] | None]:
    """What a click on each combination means: a list of its customers."""
    how = "" if chosen == question.ds.settings else json.dumps(chosen.written(), separators=(",", ":"))
    return clicks.of_split("overlap", ["+".join(o.names) for o in found.overlaps[:_MOST_ROWS]], how)


def overlap_table(found: Lab) -> Table:
    """Every combination."""
    words = {j.name: session.say(DEFINITIONS[j.name].label) for j in _single(found)}
    rows = pl.DataFrame(
        [(" + ".join(words[n] for n in o.names), o.n, o.aum) for o in found.overlaps],
        schema={"definitions": pl.String, "n": pl.Int64, "aum": pl.Float64},
        orient="row",
    )
    labels = {"definitions": _("Lost by exactly these"), "n": _("Customers"), "aum": METRICS["aum_lost"].label}
    return Table(rows, "definitions-overlap", labels, {"n": "count", "aum": "money"})


def overlap_finding(found: Lab) -> Text:
    """Title of the overlap: how many everybody agrees on."""
    anybody = sum(o.n for o in found.overlaps)
    several = sum(o.n for o in found.overlaps if len(o.names) > 1)
    if not anybody:
        return Text(_("Nobody is lost by any of them"))
    return Text(_("{share} of {n} lost customers are lost by more than one definition"), share=Ratio(several / anybody), n=Count(anybody))


def overlap_caption(found: Lab) -> Text:
    """Under the title of the overlap."""
    return Text(_("{n} customers who were there at the start by every definition · filled: lost by it"), n=Count(found.same))


def _headline(question: Question, found: Lab) -> float | None:
    """The rate of a year before by the definition in force, with the settings in force."""
    if found.year_before is None:
        return None
    rows = question.by_definition(question.ds.default_definition).over(found.year_before).rows(["churn_rate"])
    rate: float | None = rows["churn_rate"][0] if len(rows) else None
    return rate


def headline_chart(question: Question, found: Lab) -> Chart:
    """The figure of a year before under each definition, beside the one in force then and now."""
    rows = [
        Bar(
            session.say(DEFINITIONS[j.name].label),
            j.before.value,
            j.before.of,
            *((b.low, b.high) if (b := j.before.interval) else (None, None)),
        )
        for j in found.judged
        if j.before is not None
    ]
    bank = _headline(question, found)
    return cache.chart(
        bars, rows, unit="ratio", look=session.look(), what=session.say(METRICS["churn_rate"].label), bank=bank, all_grey=True
    )


def headline_table(question: Question, found: Lab) -> Table:
    """This period and the year before, and how far each lies from the official definition."""
    rows, theirs = [], _headline(question, found)
    for j in found.judged:
        now, before = j.heads.value, j.before.value if j.before else None
        rows.append(
            {
                "definition": session.say(j.tag),
                "before": before,
                "now": now,
                "moved": now - before if now is not None and before is not None else None,
                "apart": before - theirs if before is not None and theirs is not None else None,
            }
        )
    frame = pl.DataFrame(rows, schema={"definition": pl.String, **dict.fromkeys(("before", "now", "moved", "apart"), pl.Float64)})
    labels = {
        "definition": _("Definition of churn"),
        "before": _("A year before"),
        "now": _("Now"),
        "moved": _("Change"),
        "apart": _("A year before, against the definition in force"),
    }
    return Table(frame, "definitions-headline", labels, dict.fromkeys(("before", "now", "moved", "apart"), "ratio"), how=how("churn_rate"))


def headline_finding(question: Question, found: Lab) -> Text:
    """Title: how far last year's headline would have moved."""
    theirs = _headline(question, found)
    known = [(j, j.before.value - theirs) for j in found.judged if j.before and j.before.value is not None and theirs is not None]
    if not known or theirs is None:
        return Text(_("Last year's headline under each definition"))
    far, gap = max(known, key=lambda pair: abs(pair[1]))
    return Text(
        _("A year before the headline was {rate}; by {what} it would have been {other}"),
        rate=Ratio(theirs), what=DEFINITIONS[far.name].label, other=Ratio(theirs + gap),
    )  # fmt: skip


def official_words(question: Question) -> Text:
    """What is in force."""
    found = question.ds.official
    if found is None:
        return Text(
            _("No definition is official yet: numbers are by {definition}"), definition=named(question.ds.rules[question.definition])
        )
    definition = named(question.ds.rules[found.definition])
    return Text(_("Official since {date} as {title}: {definition}"), date=found.since, title=found.title, definition=definition)


def freeze_form(question: Question, chosen: Settings) -> bool:
    """Make one definition official, with the settings on the page; True when that was done."""
    place = session.workspace()
    if place is None:
        return False
    known = rules(question, chosen)
    default = question.ds.default_definition
    name = st.selectbox(
        session.say(_("Definition of churn")),
        list(known),
        index=list(known).index(default) if default in known else 0,
        format_func=lambda n: session.say(named(known[n])),
        key="freeze-definition",
    )
    today = datetime.date.today()
    suggestion = f"{today.year}-Q{(today.month + 2) // 3}"
    title = st.text_input(session.say(_("Its name")), value=suggestion, key="freeze-title", max_chars=40)
    if not st.button(session.say(_("Make it official")), key="freeze", icon=":material/gavel:"):
        return False
    with progress() as told:
        freeze(place, name, title, chosen, progress=told)
    return True


def official_table(question: Question) -> Table | None:
    """Every official definition so far, newest first."""
    listed = history(question.ds.root)
    if not listed:
        return None
    rows = pl.DataFrame(
        [(o.title, session.say(named(replace(DEFINITIONS[o.definition], settings=o.settings))), o.since, o.who) for o in listed],
        schema=["title", "definition", "since", "who"],
        orient="row",
    )
    labels = {"title": _("Name"), "definition": _("Definition of churn"), "since": _("Since"), "who": _("Set by")}
    return Table(rows, "official-definitions", labels, only=True)
