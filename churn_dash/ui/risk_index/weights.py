"""What the page Risk index shows of the weightings: which finds leavers best, and what each weighs how much."""

import polars as pl
import streamlit as st

from churn_dash.risk import INDICATORS, KINDS, WAYS, Model, RiskIndex, Way, risk_index
from churn_dash.risk.index.judged import KIND
from churn_dash.risk.index.weighted import ABOUT
from churn_dash.risk.trials.ranking import Ranked
from churn_dash.store.records import Records
from churn_dash.ui import session
from churn_dash.ui.parts import controls
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.markdown import safe
from churn_dash.ui.parts.progress import long_work
from churn_dash.ui.parts.tiles import Tile
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Count, Text, _
from churn_dash.words.numbers import DASH

_CODES: dict[str, Way] = {w: w for w in WAYS}
WHOLE = _("Weights and tests are of the bank as a whole, whatever the filters")


def found(question: PageQuestion) -> RiskIndex:
    """The index by the page's definition. Raises ``NotPossible`` where the data do not allow one."""
    ds, name = question.ds, question.definition
    judged = [f"{r.name} {r.version}" for r in Records(ds.root).all(KIND)]
    return long_work(ds, question.scope, lambda tell: risk_index(ds, name, progress=tell), name, judged, name="risk-index")


def way_control(one: RiskIndex) -> Way:
    """Choose a weighting for the customers' figures."""
    possible = [w for w in WAYS if one.weights[w].of is not None] or list(WAYS)
    words = {w: session.say(WAYS[w]) for w in WAYS}
    chosen = controls.choice(session.say(_("Weighting")), possible, key="weights", words=lambda c: words[_CODES[c]], kind="segments")
    return _CODES[chosen]


def where(one: RiskIndex) -> str:
    """The small line above the answer: page and day."""
    return session.say(Text(_("{page} · as of {date}"), page=session.say(_("Risk index")), date=one.as_of))


def answer(one: RiskIndex) -> Text:
    """The page's sentence: whether any weighting finds leavers, and which does best."""
    best = one.best
    if best is None:
        return Text(_("The index ranks customers; whether it finds leavers cannot be tested on these data"))
    named = {"way": WAYS[best], "auc": three(one.aucs[best].value)}
    if (one.aucs[best].low or 0.0) <= 0.5:
        return Text(_("No weighting finds leavers better than chance; the best is {way}, AUC {auc}"), **named)
    if not one.clearly_best:
        return Text(_("Best at finding leavers: {way}, AUC {auc}, but not clearly better than the others"), **named)
    return Text(_("Best at finding leavers: {way}, AUC {auc}"), **named)


def tiles(one: RiskIndex, kept: Model | None) -> list[Tile]:
    """The row of figures: the AUC of each weighting and of the model in use, and the experts' consistency."""
    rows = [Tile(WAYS[w], three(r.value), note=range_words(r) or _no_auc(one, w), help=session.say(ABOUT[w])) for w, r in one.aucs.items()]
    if kept is not None:
        chosen = model_auc(kept)
        label, within = session.say(KINDS[kept.name].label), range_words(chosen)
        rows.append(Tile(_("Model in use"), three(chosen.value), note=f"{label} · {within}" if within else label))
    judged = one.judged.found
    note = Text(_("{n} experts; below 0.10 is needed"), n=Count(len(one.panel.experts)))
    rows.append(Tile(_("Consistency ratio"), three(judged.ratio if judged else None), note=session.say(note)))
    return rows


def _no_auc(one: RiskIndex, way: Way) -> str:
    why = one.weights[way].why_not
    return session.say(_("cannot be told")) if why is not None or one.untested is not None else ""


def model_auc(kept: Model) -> Ranked:
    """The model's mean AUC over its tests, with its interval over customers drawn again."""
    tried = kept.card.chosen
    return Ranked(tried.roc_auc, *tried.roc_auc_interval)


def three(value: float | None) -> str:
    """A number between 0 and 1 with three decimals."""
    return DASH if value is None else f"{value:.3f}"


def range_words(r: Ranked) -> str:
    """The interval in words; empty where there is none."""
    if r.low is None or r.high is None:
        return ""
    return session.say(Text(_("{low} to {high}"), low=three(r.low), high=three(r.high)))


def weights_finding(one: RiskIndex) -> Text:
    """Title of the weights: what weighs most with whom."""
    heaviest = {w: max(v.of, key=v.of.__getitem__) for w, v in one.weights.items() if v.of}
    if len(set(heaviest.values())) == 1 and len(heaviest) > 1:
        return Text(_("All weigh {indicator} most"), indicator=INDICATORS[next(iter(heaviest.values()))].label)
    named = [Text(_("{way}: {indicator}"), way=WAYS[w], indicator=INDICATORS[i].label) for w, i in heaviest.items()]
    if len(named) == 3:
        return Text(_("What weighs most: {a}; {b}; {c}"), a=named[0], b=named[1], c=named[2])
    return Text(_("The weights side by side"))


def weights_table(one: RiskIndex) -> Table:
    """Every indicator with its direction, its bounds, its weights, and for how many customers it is unknown."""
    more, less = session.say(_("more is riskier")), session.say(_("less is riskier"))
    rows = [
        (
            session.say(i.label),
            more if i.raises_risk else less,
            *((one.weights[w].of or {}).get(i.name) for w in WAYS),
            f"{_bound(i.low)} – {_bound(i.high)}",
            one.filling[i.name].unknown,
            one.filling[i.name].beyond,
        )
        for i in one.indicators
    ]
    names = ("indicator", "direction", *WAYS, "bounds", "unknown", "beyond")
    kinds = (pl.String, pl.String, *[pl.Float64] * 3, pl.String, pl.Int64, pl.Int64)
    frame = pl.DataFrame(rows, schema=dict(zip(names, kinds, strict=True)), orient="row")
    labels: dict[str, str] = {"indicator": _("Indicator"), "direction": _("Direction"), "bounds": _("Counts as 0 and 1")}
    labels |= {"unknown": _("Unknown"), "beyond": _("Outside")}
    units = {"unknown": "count", "beyond": "count"}
    for w, label in WAYS.items():
        labels[w], units[w] = label, "bar"
    how = " ".join(session.say(ABOUT[w]) for w in WAYS)
    return Table(frame, "index-weights", labels, units, how=how, only=True)


def _bound(value: float) -> str:
    return f"{value:,.10g}".replace("-", "−")


WEIGHTS_CAPTION = _("Each weighting adds up to 100%; an indicator that is unknown of a customer is left out of that customer's index")


def remarks(one: RiskIndex) -> None:
    """Draw what the reader must know of the weights: why one is missing, which indicators the data or the experts lack."""
    said = [Text(_("{way}: {why}"), way=WAYS[w], why=v.why_not) for w, v in one.weights.items() if v.why_not is not None]
    unjudged = [i.label for i in one.indicators if i.name not in one.judged.names]
    if unjudged and one.judged.weights is not None:
        text = _("Not compared with all the others by the experts, so without an expert weight: {names}.")
        said.append(Text(text, names=_listed(unjudged)))
    if one.absent:
        absent = _listed([INDICATORS[n].label for n in one.absent])
        said.append(Text(_("Not in these data, or part of leaving itself: {names}."), names=absent))
    if one.panel.unknown:
        said.append(Text(_("The experts' table names indicators that are not known here: {names}."), names=", ".join(one.panel.unknown)))
    if one.untested is not None:
        said.append(Text(_("The index could not be tested: {why}"), why=one.untested))
    for sentence in said:
        st.caption(safe(session.say(sentence)))


def _listed(labels: list[str]) -> str:
    return ("、" if session.language() == "zh" else ", ").join(session.say(x) for x in labels)
