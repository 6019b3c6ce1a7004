"""The pictures and tables of a campaign: figures, effect beside the naive one, balance, before and after, register."""

from collections.abc import Sequence
from typing import Any

import polars as pl
import streamlit as st

from churn_dash.campaigns import STATUSES, BalanceRow, BeforeAfter, Evaluation
from churn_dash.charts import ALIKE, Chart, Effect, Gap
from churn_dash.charts import balance as balance_picture
from churn_dash.charts import effects as effects_picture
from churn_dash.charts.groups.effects import written
from churn_dash.ui import cache, session
from churn_dash.ui.parts import cards
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.markdown import safe
from churn_dash.ui.parts.tiles import Tile
from churn_dash.words import Money, Number, Text, _
from churn_dash.words.numbers import DASH

UNITS = {"ratio": "ratio", "money": "money", "amount": "number"}


def unit_of(e: Evaluation) -> str:
    """The unit in which figures of the outcome are shown."""
    return UNITS[e.outcome.unit]


def _between(low: float | None, high: float | None, unit: str) -> str:
    look, bare = session.look(), "bare points" if unit == "ratio" else unit
    if low is None or high is None:
        return ""
    return session.say(Text(_("between {low} and {high}"), low=written(low, bare, look), high=written(high, bare, look)))


def range_words(low: float | None, high: float | None, unit: str) -> str:
    """The 95 % range for a table cell: the unit stands beside the difference already."""
    look, bare = session.look(), "bare points" if unit == "ratio" else unit
    if low is None or high is None:
        return DASH
    return session.say(Text(_("{low} to {high}"), low=written(low, bare, look), high=written(high, bare, look)))


def _level_range(low: float | None, high: float | None, unit: str) -> str:
    """The 95 % range of a figure that is no difference."""
    look = session.look()
    return (
        DASH
        if low is None or high is None
        else session.say(Text(_("{low} to {high}"), low=look.show(low, unit), high=look.show(high, unit)))
    )


def tiles(e: Evaluation) -> list[Tile]:
    """The row of figures: the effect, and where it may be called one the customers kept and the money."""
    look, unit = session.look(), unit_of(e)
    # The Chinese word for points is too long for a tile on a phone: it stands with the range.
    apart = unit == "ratio" and look.language != "en"
    rows: list[Tile] = []
    for x in e.effects[:3]:
        name = (
            session.say(Text(_("Effect on {outcome}"), outcome=e.outcome.label)) if e.evidence.may_claim else session.say(_("Difference"))
        )
        label = name if len(e.effects) == 1 else f"{x.treated.label}"
        note = _between(x.low, x.high, unit)
        value = written(x.difference, "bare points" if apart else unit, look)
        rows.append(Tile(label, value, note=" · ".join(n for n in (session.say(_("percentage points")), note) if n) if apart else note))
    money = next(iter(e.money.values()), None) if len(e.money) == 1 else None
    if money is not None and money.saves is not None:
        saved = Text(_("between {low} and {high}"), low=Number(_whole(money.saves_low)), high=Number(_whole(money.saves_high)))
        rows.append(Tile(_("Customers kept"), look.show(money.saves, "count"), note=session.say(saved)))
        rows.append(Tile(_("Cost per kept"), look.show(money.cost_per_save, "money"), note=_cost(money.cost)))
        back = None if money.roi is None else money.roi + 1
        ends = [None if v is None else v + 1 for v in (money.roi_low, money.roi_high)]
        note = session.say(Text(_("between {low} and {high}"), low=Money(ends[0]), high=Money(ends[1]))) if ends[0] is not None else ""
        assumed = session.say(Text(_("assuming {value} a customer kept"), value=Money(money.value_per_save)))
        rows.append(Tile(_("Return for each ¥1"), look.show(back, "money"), note=f"{note} · {assumed}" if note else assumed))
    return rows


def _whole(value: float | None) -> float | None:
    return None if value is None else float(round(value))


def _cost(cost: float) -> str:
    return session.say(Text(_("{cost} spent"), cost=Money(cost)))


def effect_card(e: Evaluation) -> None:
    """Draw the difference with its range, as a picture or a table, and why the plain before and after misleads."""
    caption = _("Difference between the groups · bar: 95% range") if e.effects else _("Change of the target group alone · bar: 95% range")
    table = effect_table(e)
    with cards.card(effect_finding(e), caption, table, key="effect") as as_table:
        cards.picture(effect_chart(e), as_table)
        st.markdown(safe(session.say(e.naive.why)))


def effect_chart(e: Evaluation) -> Chart:
    """The difference with its range, and under it the before/after that a plain look would claim."""
    rows = [Effect(_against(e, x.treated.label), x.difference, x.low, x.high) for x in e.effects]
    rows += [Effect(session.say(b.label), b.value, b.low, b.high, naive=True) for x in e.effects[:1] for b in x.beside if b.key == "plain"]
    if e.naive.difference is not None and e.naive.others is None and e.outcome.name != "churn_month":
        rows.append(Effect(session.say(_("Before/after only")), e.naive.difference, e.naive.low, e.naive.high, naive=True))
    if e.naive.expected.value is not None:
        anyway = e.naive.expected
        rows.append(Effect(session.say(_("To be expected without any campaign")), anyway.value, anyway.low, anyway.high, naive=True))
    return cache.chart(
        effects_picture, rows, unit=unit_of(e), look=session.look(), what=session.say(e.outcome.label), better=e.outcome.better
    )


def _against(e: Evaluation, arm: str | Text) -> str:
    """What a difference is taken against; with several groups, which group it is."""
    if len(e.effects) > 1:
        return session.say(arm)
    return session.say(_AGAINST[e.grade])


_AGAINST = {
    "A": _("Against the random control group"),
    "B": _("Beyond the change of the others"),
    "C": _("After adjustment, not at random"),
    "D": _("Against the others, not at random"),
}


def effect_finding(e: Evaluation) -> str:
    """Title: what the naive figure would have claimed beside the effect."""
    if not e.effects:
        return session.say(_("There is nothing to compare with"))
    effect, naive = e.effects[0].difference, e.naive.difference
    if e.status == "beside":
        return session.say(STATUSES["beside"])
    if e.grade == "C":
        return session.say(_("After adjustment; another reason cannot be excluded"))
    if e.grade == "B" and e.status in ("worked", "worse"):
        return session.say(_("A change beyond that of the others, if both would have gone on alike"))
    if not e.evidence.may_claim:
        return session.say(_("A difference, not an effect: the groups may have differed from the start"))
    if e.status not in ("worked", "worse"):
        return session.say(_("The difference may be chance"))
    if effect and naive and effect * naive > 0 and abs(naive) > abs(effect):
        return session.say(Text(_("A plain before/after would have claimed {n} times the effect"), n=f"{naive / effect:.1f}"))
    if naive is not None and effect is not None and effect * naive < 0:
        return session.say(_("A plain before/after would have claimed the opposite"))
    return session.say(_("The difference between the groups is the campaign's"))


def effect_table(e: Evaluation) -> Table:
    """The groups and differences as rows."""
    look, unit = session.look(), unit_of(e)
    rows = [
        (
            session.say(x.treated.label),
            x.treated.n,
            look.show(x.treated.mean, unit),
            look.show(x.base.mean, unit),
            written(x.difference, unit, look),
            range_words(x.low, x.high, unit),
            DASH if x.p_value is None else f"{x.p_value:.4f}",
        )
        for x in e.effects
    ]
    kinds: dict[str, Any] = {c: pl.Int64 if c == "n" else pl.String for c in ("group", "n", "treated", "base", "difference", "range", "p")}
    labels = {
        "group": _("Group"),
        "n": _("Members"),
        "treated": session.say(e.outcome.label),
        "base": _("In the hold-out"),
        "difference": _("Difference"),
        "range": _("95% range"),
        "p": "p",
    }
    return Table(pl.DataFrame(rows, schema=kinds, orient="row"), "effect", labels, {"n": "count"})


def balance_chart(rows: Sequence[BalanceRow]) -> Chart:
    """How far the groups lay apart beforehand; with several groups the farthest."""
    return cache.chart(balance_picture, [Gap(session.say(r.label), r.smd) for r in _widest(rows)], look=session.look())


def _widest(rows: Sequence[BalanceRow]) -> list[BalanceRow]:
    widest: dict[str, BalanceRow] = {}
    for row in rows:
        if row.covariate not in widest or abs(row.smd or 0.0) > abs(widest[row.covariate].smd or 0.0):
            widest[row.covariate] = row
    return list(widest.values())


def balance_finding(rows: Sequence[BalanceRow]) -> str:
    """Title of the balance."""
    apart = [r for r in _widest(rows) if r.smd is not None and abs(r.smd) > ALIKE]
    if not apart:
        return session.say(_("The groups were alike before the start"))
    return session.say(Text(_("The groups differed before the start: {what}"), what=session.say(apart[0].label)))


def balance_table(rows: Sequence[BalanceRow]) -> Table:
    """The characteristics as rows."""
    frame = pl.DataFrame(
        [(session.say(r.label), r.arm, r.treated, r.control, r.smd) for r in rows],
        schema={"what": pl.String, "arm": pl.String, "treated": pl.Float64, "control": pl.Float64, "smd": pl.Float64},
        orient="row",
    )
    labels = {
        "what": _("Characteristic"),
        "arm": _("Group"),
        "treated": _("Mean"),
        "control": _("Mean of the hold-out"),
        "smd": _("Gap in standard deviations"),
    }
    return Table(frame, "balance", labels, {"treated": "score", "control": "score", "smd": "score"})


def before_after_table(found: BeforeAfter) -> Table:
    """The eight indicators as people read them: each cell in its own unit, a dash where undefined, the reason beside it."""
    look = session.look()
    rows = []
    for r in found.rows:
        cells = [look.show(c.value, r.unit) for c in (r.target_before, r.target_after, r.holdout_before, r.holdout_after)]
        if r.key in ("roi", "cost_per_save"):
            difference, span = look.show(r.effect.value, r.unit), _level_range(r.effect.low, r.effect.high, r.unit)
        else:
            difference, span = written(r.effect.value, r.unit, look), range_words(r.effect.low, r.effect.high, r.unit)
        rows.append((session.say(r.label), *cells, difference, span))
    labels = {
        "indicator": _("Indicator"),
        "target_before": _("Target before"),
        "target_after": _("Target after"),
        "holdout_before": _("Hold-out before"),
        "holdout_after": _("Hold-out after"),
        "difference": _("Difference"),
        "range": _("95% range"),
    }
    frame = pl.DataFrame(rows, schema=dict.fromkeys(labels, pl.String), orient="row")
    return Table(frame, f"before-after-{found.campaign_id}", labels, only=True)


def before_after_notes(found: BeforeAfter) -> None:
    """Draw what each line needs or means, like notes together, and the footnote."""
    notes: dict[str, list[str]] = {}
    for r in found.rows:
        if r.why is not None:
            notes.setdefault(session.say(r.why), []).append(session.say(r.label))
    for words, lines in notes.items():
        st.caption(safe(session.say(Text(_("{what}: {words}"), what=" · ".join(lines), words=words))))
    st.caption(safe(session.say(found.footnote)))
