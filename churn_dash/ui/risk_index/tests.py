"""What the page Risk index shows of the comparison: do the weightings find leavers, and do they agree?"""

import polars as pl

from churn_dash.charts import Chart, Mark, forest
from churn_dash.risk import KINDS, WAYS, Model, RiskIndex
from churn_dash.ui import cache, session
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.tables import RANGE_LABELS
from churn_dash.ui.risk_index import weights
from churn_dash.words import Text, _


def tests_finding(one: RiskIndex, kept: Model | None) -> Text:
    """Title of the tests: index against model."""
    best = max((r for r in one.aucs.values() if r.value is not None), key=lambda r: r.value or 0.0, default=None)
    model = weights.model_auc(kept) if kept is not None else None
    if best is None or model is None or model.value is None:
        return Text(_("How well each finds leavers"))
    named = {"model": weights.three(model.value), "best": weights.three(best.value)}
    ends = (best.low, best.high, model.low, model.high)
    if None in ends:
        return Text(_("AUC of the best index {best}, of the model in use {model}"), **named)
    low, high, lowest, highest = (float(e or 0.0) for e in ends)
    if lowest > high:
        return Text(_("The model finds leavers better than any index: {model} against {best}"), **named)
    if highest < low:
        return Text(_("The index finds leavers better than the model in use: {best} against {model}"), **named)
    return Text(_("Index and model find leavers about equally well: {best} and {model}"), **named)


def tests_caption(one: RiskIndex) -> Text | str:
    """Under that title: what was tested how, and what the ranges are."""
    if one.tested is None:
        return weights.WHOLE
    return Text(_("AUC, 0.5 is guessing, with 95% ranges by drawing customers. {tested}"), tested=one.tested)


def tests_chart(one: RiskIndex, kept: Model | None) -> Chart:
    """The AUC of every weighting and of the model, with its range."""
    rows = [(WAYS[w], r) for w, r in one.aucs.items()]
    if kept is not None:
        rows.append((KINDS[kept.name].label, weights.model_auc(kept)))
    marks = [Mark(session.say(label), r.value, r.low, r.high, weights.three(r.value), weights.range_words(r)) for label, r in rows]
    less, more = session.say(_("worse than guessing")), session.say(_("finds leavers"))
    return cache.chart(forest, marks, look=session.look(), what="AUC", less=less, more=more, none=0.5, worse="less")


def tests_table(one: RiskIndex, kept: Model | None) -> Table:
    """The same as rows."""
    rows = [(session.say(WAYS[w]), r.value, r.low, r.high, r.n) for w, r in one.aucs.items()]
    if kept is not None:
        m = weights.model_auc(kept)
        rows.append((session.say(KINDS[kept.name].label), m.value, m.low, m.high, 0))
    names = ("what", "auc", "low", "high", "n")
    kinds = (pl.String, *[pl.Float64] * 3, pl.Int64)
    frame = pl.DataFrame(rows, schema=dict(zip(names, kinds, strict=True)), orient="row").with_columns(pl.col("n").replace(0, None))
    labels = {"what": _("Weighting or model"), "auc": "AUC", **RANGE_LABELS, "n": _("Rows tested")}
    return Table(frame, "index-tests", labels, {"auc": "score", "low": "score", "high": "score", "n": "count"})


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
