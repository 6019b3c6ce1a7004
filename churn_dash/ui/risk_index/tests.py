"""What the page Risk index shows of the comparison: do the weightings find leavers, and do they agree?"""

import polars as pl

from churn_dash.charts import Chart, Mark, forest
from churn_dash.risk import KINDS, WAYS, Against, Model, RiskIndex, against
from churn_dash.risk.trials.ranking import Ranked
from churn_dash.ui import cache, session
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.tables import RANGE_LABELS
from churn_dash.ui.question import PageQuestion
from churn_dash.ui.risk_index import weights
from churn_dash.words import Text, _
from churn_dash.words.numbers import DASH


def against_model(question: PageQuestion, one: RiskIndex, kept: Model | None) -> Against | None:
    """Index and model on the same held-out rows; None without a model."""
    if kept is None:
        return None
    return cache.worked_out(question.ds, question.scope, lambda *_asked: against(one, kept), kept.id, str(one.tag), name="index-against")


def tests_finding(one: RiskIndex, kept: Model | None, beside: Against | None) -> Text:
    """Title of the tests: index against model, by the difference on the same rows."""
    model = weights.model_auc(kept) if kept is not None else None
    if one.best is None or beside is None or model is None or model.value is None:
        return Text(_("How well each finds leavers"))
    named = {"model": weights.three(model.value), "best": weights.three(one.aucs[one.best].value)}
    if beside.gains[one.best].value is None:
        return Text(_("AUC of the best index {best}, of the model in use {model}"), **named)
    if beside.model_better:
        return Text(_("The model finds leavers better than any index: {model} against {best}"), **named)
    if one.best in beside.index_better:
        return Text(_("The index finds leavers better than the model in use: {best} against {model}"), **named)
    return Text(_("Whether index or model finds leavers better cannot be told: {best} and {model}"), **named)


def tests_caption(one: RiskIndex, beside: Against | None) -> Text | str:
    """Under that title: what was tested how, and how far the model is ahead of the best index on the same rows."""
    if one.tested is None:
        return weights.WHOLE
    said = Text(_("AUC, 0.5 is guessing, with 95% ranges by drawing customers. {tested}"), tested=one.tested)
    gain = beside.gains[one.best] if beside is not None and one.best is not None else None
    if beside is None or gain is None:
        return said
    if gain.value is None:
        return Text(_("{first} {then}"), first=said, then=beside.how)
    named = {"gain": _signed(gain.value), "low": _signed(gain.low), "high": _signed(gain.high), "how": beside.how}
    then = Text(_("{how} The model less the best index: {gain} ({low} to {high}), both on the same customers drawn again."), **named)
    return Text(_("{first} {then}"), first=said, then=then)


def _signed(value: float | None) -> str:
    return DASH if value is None else f"{value:+.3f}".replace("-", "−")


def tests_chart(one: RiskIndex, kept: Model | None) -> Chart:
    """The AUC of every weighting and of the model, with its range."""
    rows = [(WAYS[w], r) for w, r in one.aucs.items()]
    if kept is not None:
        rows.append((KINDS[kept.name].label, weights.model_auc(kept)))
    marks = [Mark(session.say(label), r.value, r.low, r.high, weights.three(r.value), weights.range_words(r)) for label, r in rows]
    less, more = session.say(_("worse than guessing")), session.say(_("finds leavers"))
    return cache.chart(forest, marks, look=session.look(), what="AUC", less=less, more=more, none=0.5, worse="less")


def tests_table(one: RiskIndex, kept: Model | None, beside: Against | None) -> Table:
    """The same as rows, and how far the model is ahead of each weighting on the same rows."""
    none = Ranked(None)
    gains = beside.gains if beside is not None else {}
    rows: list[tuple[object, ...]] = []
    for w, r in one.aucs.items():
        g = gains.get(w, none)
        rows.append((session.say(WAYS[w]), r.value, r.low, r.high, r.n, g.value, g.low, g.high))
    if kept is not None:
        m = weights.model_auc(kept)
        rows.append((session.say(KINDS[kept.name].label), m.value, m.low, m.high, 0, None, None, None))
    names = ("what", "auc", "low", "high", "n", "gain", "gain_low", "gain_high")
    kinds = (pl.String, *[pl.Float64] * 3, pl.Int64, *[pl.Float64] * 3)
    frame = pl.DataFrame(rows, schema=dict(zip(names, kinds, strict=True)), orient="row").with_columns(pl.col("n").replace(0, None))
    labels = {"what": _("Weighting or model"), "auc": "AUC", **RANGE_LABELS, "n": _("Rows tested")}
    labels |= {"gain": _("Model less this"), "gain_low": _("Model less this, from"), "gain_high": _("Model less this, to")}
    units = dict.fromkeys(("auc", "low", "high", "gain", "gain_low", "gain_high"), "score") | {"n": "count"}
    return Table(frame, "index-tests", labels, units)


def agreement_finding(one: RiskIndex) -> Text:
    """Title of the rank correlations."""
    known = [r.value for r in one.agreements.values() if r.value is not None]
    if not known:
        return Text(_("Whether the weightings agree cannot be told"))
    if min(known) >= 0.8:
        return Text(_("The weightings put customers in nearly the same order"))
    return Text(_("The weightings put customers in different orders: rank correlation from {low} on"), low=f"{min(known):.2f}")


def agreement_table(one: RiskIndex) -> Table:
    """Spearman's rank correlation of each pair of weightings."""
    rows = [(session.say(WAYS[a]), session.say(WAYS[b]), r.value, r.low, r.high, r.n) for (a, b), r in one.agreements.items()]
    names = ("a", "b", "rho", "low", "high", "n")
    frame = pl.DataFrame(rows, schema=dict(zip(names, (pl.String, pl.String, *[pl.Float64] * 3, pl.Int64), strict=True)), orient="row")
    labels = {"a": _("Weighting"), "b": _("against"), "rho": _("Rank correlation"), **RANGE_LABELS}
    how = session.say(_("Spearman's rank correlation over all customers; range by Fisher's z with the error of Bonett and Wright (2000)."))
    return Table(frame, "index-agreement", labels, dict.fromkeys(("rho", "low", "high"), "score") | {"n": "count"}, how=how, only=True)
