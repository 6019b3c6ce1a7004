"""Models side by side on the Risk page: table with ranges, how many leavers each reaches, and what can be read of them."""

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from churn_dash.charts import Chart, Reached, reach
from churn_dash.retention.at_capacity import Calls, bank_calls, reached
from churn_dash.retention.threshold import BankStakes, bank_stakes, profits, with_profit
from churn_dash.retention.worklists.exports import exports
from churn_dash.risk import KINDS, RULES, Model
from churn_dash.risk.trials.resampled import Measured
from churn_dash.store import Records
from churn_dash.ui import cache, models, session
from churn_dash.ui.amounts import assumptions
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.question import PageQuestion
from churn_dash.ui.risk import threshold
from churn_dash.ui.risk.risk import MEANS
from churn_dash.words import Count, Ratio, Text, _
from churn_dash.words.numbers import DASH

_DIGITS = {"pr_auc": 3, "roc_auc": 3, "ks": 2, "lift": 2, "recall": 2, "brier_skill": 3, "slope": 2, "ece": 3, "profit": 2}
_LABELS = {
    "model": _("Model"),
    "chosen": "",
    "tests": _("Tests"),
    "n": "n",
    "pr_auc": "PR-AUC",
    "roc_auc": "ROC-AUC",
    "random": _("A random split would have said"),
    "lift": _("Lift, top tenth"),
    "recall": _("Reached, top tenth"),
    "brier_skill": _("Brier skill"),
    "slope": _("Calibration slope"),
    "ece": _("Calibration error"),
    "profit": _("Profit a customer, ¥"),
    "ks": "KS",
}
_HOW = _(
    "Mean over the tests; in round brackets the 95% interval over customers drawn again, in square ones the lowest and highest test. "
    "n: customers looked at in all tests, once a score date. "
    "KS: rank everybody by risk and stop where the share of leavers already met is furthest ahead of the share of stayers; "
    "KS is that lead, 0 for a ranking by chance, 1 for a perfect one. "
    "Brier skill: 0 is no better than the base rate, 1 is perfect. Slope: 1 is right, below 1 the risks are too extreme. "
    "The random split mixes months and customers, and looks too good."
)
_RULE_NAMES = {r.name: r.label for r in RULES}


def comparison(question: PageQuestion, kept: Model) -> Table:
    """The models side by side; guessing and the rules that a model must beat stand first."""
    card, by, own = kept.card, stakes(question, kept), _profits(question, kept)
    calls = _calls(question, kept)
    at = _at_calls(question, kept, calls) if calls is not None else {}
    tests = {"tests": str(len(card.chosen.folds))}
    base = {"model": session.say(_("Guessing (base rate)")), "pr_auc": _written("pr_auc", card.base_rate), "roc_auc": "0.500"}
    lines = [base]
    for r in card.rules:
        cells = _cells(with_profit(r["measures"], own.get(r["name"]), by))
        lines.append({"model": session.say(_RULE_NAMES[r["name"]]), **tests, "n": _n(r.get("n")), **cells, **_called(at, r["name"])})
    for m in (t.figures for t in card.trials):
        chance = m["random_split"]
        used = session.say(_("in use")) if m["name"] == kept.name else ""
        more = {"random": _written("roc_auc", chance["roc_auc"] if chance else None), "chosen": used, **tests, "n": _n(m["n"])}
        cells = _cells(with_profit(m["measures"], own.get(m["name"]), by))
        lines.append({"model": session.say(KINDS[m["name"]].label), **cells, **more, **_called(at, m["name"])})
    labels = dict(_LABELS)
    if calls is not None:
        labels |= {name: session.say(Text(word, n=Count(calls.n))) for name, word in _AT_CALLS.items()}
    rows = pl.DataFrame([{c: line.get(c, DASH if c != "chosen" else "") for c in labels} for line in lines])
    return Table(rows, "models", labels, how=" ".join(session.say(x) for x in (MEANS, _HOW, by.words)), only=True)


_AT_CALLS = {"lift_calls": _("Lift, {n} calls"), "recall_calls": _("Reached, {n} calls")}


def _calls(question: PageQuestion, kept: Model) -> Calls | None:
    """The bank's own number of calls, where it is known."""
    handed = exports(Records(question.ds.root))
    return bank_calls(models.cuts(kept), handed, models.able(question.ds, kept).height)


def _at_calls(question: PageQuestion, kept: Model, calls: Calls) -> dict[str, dict[str, Measured]]:
    return cache.worked_out(question.ds, question.scope, lambda *_asked: reached(kept, calls), kept.id, calls.share, name="at-calls")


def _called(at: Mapping[str, Mapping[str, Measured]], name: str) -> dict[str, str]:
    return {f"{k}_calls": _with_range(k, m.as_json()) for k, m in at.get(name, {}).items()}


def stakes(question: PageQuestion, kept: Model) -> BankStakes:
    """By what the profit of the models is counted."""
    return bank_stakes(threshold.values(question, kept), assumptions.held(question), models.cuts(kept))


def _profits(question: PageQuestion, kept: Model) -> dict[str, Measured]:
    by = stakes(question, kept)
    if not by.own:
        return {}
    return cache.worked_out(question.ds, question.scope, lambda *_asked: profits(kept, by), kept.id, repr(by.stakes), name="model-profits")


def _cells(measures: dict[str, dict[str, float | None]]) -> dict[str, str]:
    return {name: _with_range(name, m) for name, m in measures.items() if name in _DIGITS}


def _with_range(name: str, m: dict[str, float | None]) -> str:
    said = _written(name, m["value"])
    if m["value"] is None or m["low"] is None:
        return said
    said += f" ({_written(name, m['low'])}–{_written(name, m['high'])})"
    return said if m["least"] is None else f"{said} [{_written(name, m['least'])}–{_written(name, m['most'])}]"


def _n(value: int | None) -> str:
    return session.look().show(value, "count")


def _written(name: str, value: float | None) -> str:
    return DASH if value is None else f"{value:.{_DIGITS[name]}f}".replace("-", "−")


def comparison_finding(kept: Model) -> Text:
    """Title of the models: which one is used, and whether somebody chose it."""
    best, choice = kept.card.best.name, kept.card.choice
    names = {"model": KINDS[kept.name].label, "best": KINDS[best].label}
    if choice is not None:
        return Text(_("{model} is used: {who} chose it"), who=choice["who"], **names)
    if best == kept.name:
        return Text(_("{model} is used: it did best on customers it had not seen"), **names)
    return Text(_("{model} is used: as good as the best ({best}) within chance, and simpler"), **names)


def comparison_caption(question: PageQuestion, kept: Model) -> str:
    """Under that title: how they were tested, why this one, on what it was calibrated, by what it was told who left, and by whose
    stakes the profit is counted."""
    choice = kept.card.choice
    why = [session.say(Text(_("Reason given: {why}"), why=choice["why"]))] if choice else []
    card = kept.card
    told = Text(_("Who left is told by {definition}; {reasons}."), definition=card.tag, reasons=card.reasons)
    left = [session.say(told)] if card.tag is not None else []
    by = [session.say(card.calibrated), *left, session.say(stakes(question, kept).words), _calls_words(question, kept)]
    return " ".join([session.say(card.tested), *why, *by])


def _calls_words(question: PageQuestion, kept: Model) -> str:
    calls = _calls(question, kept)
    if calls is None:
        return session.say(_("The bank's own number of calls is not known: set the cuts by capacity, or hand out a list."))
    return session.say(Text(_("{how}: {share} of those who may be called."), how=calls.how, share=Ratio(calls.share)))


def reach_chart(kept: Model) -> Chart:
    """Leavers reached by share of customers called."""
    return cache.chart(reach, _ways(kept), look=session.look())


def _ways(kept: Model) -> list[Reached]:
    def way(label: str, found: Mapping[str, Any], pr: float | None, rule: bool, used: bool) -> Reached:
        shares = [g["share"] for g in found["gains"]]
        return Reached(session.say(label), shares, [g["recall"] for g in found["gains"]], pr, rule, used)

    tried = [way(KINDS[m["name"]].label, m, m["pr_auc"], False, m["name"] == kept.name) for m in (t.figures for t in kept.card.trials)]
    return tried + [way(_RULE_NAMES[r["name"]], r, r["measures"]["pr_auc"]["value"], True, False) for r in kept.card.rules]


def reach_table(kept: Model) -> Table:
    """The lines as rows."""
    rows = [(w.label, c, r) for w in _ways(kept) for c, r in zip(w.called, w.reached, strict=True)]
    frame = pl.DataFrame(rows, schema={"model": pl.String, "share": pl.Float64, "reached": pl.Float64}, orient="row")
    labels = {"model": _("Model"), "share": _("Share of customers called"), "reached": _("Leavers reached")}
    return Table(frame, "reach", labels, {"share": "ratio", "reached": "ratio"})


def reach_finding(kept: Model) -> Text:
    """Title of the curves: whether the model beats the rules that need none."""
    if not kept.card.rules:
        return Text(_("How many leavers a list reaches"))
    best, found = max(r["measures"]["pr_auc"]["value"] or 0.0 for r in kept.card.rules), kept.card.chosen.figures["measures"]["pr_auc"]
    if (found["low"] or 0.0) > best:
        return Text(_("The model finds more than simple rules do"))
    if (found["value"] or 0.0) > best:
        return Text(_("The model is ahead of simple rules, but within chance"))
    return Text(_("A simple rule finds as many as the model"))


def read_choice(kept: Model) -> str:
    """The model to read, of those that can be read."""
    names = list(kept.card.readable)
    start = kept.name if kept.name in names else names[0]
    words = {n: session.say(KINDS[n].label) for n in names}
    found = st.segmented_control(
        session.say(_("Model")), names, default=start, format_func=words.__getitem__, key="risk-read", label_visibility="collapsed"
    )
    return str(found or start)


def read_table(kept: Model, name: str) -> Table:
    """A tree's rules, a scorecard's points, or a regression's weights, as rows."""
    found = kept.read()[name]
    ways = {"rules": _rules, "points": _points, "weights": _weights}
    rows, labels, units = ways[found["as"]](found)
    return Table(rows, f"read-{name}", labels, units, only=True)


_Read = tuple[pl.DataFrame, dict[str, str], dict[str, str]]


def _rules(found: dict[str, Any]) -> _Read:
    lines = [(r["rate"], r["n"], " · ".join(session.say(w) for w in r["when"])) for r in found["rules"]]
    rows = pl.DataFrame(lines, schema={"rate": pl.Float64, "n": pl.Int64, "when": pl.String}, orient="row")
    return rows, {"rate": _("Share that left"), "n": "n", "when": _("When all of this holds")}, {"rate": "ratio", "n": "count"}


def _points(found: dict[str, Any]) -> _Read:
    lines = [(session.say(_("Everybody starts with")), round(found["base"]), None, None)]
    lines += [(session.say(p["bin"]), round(p["points"]), p["rate"], p["n"]) for p in found["points"]]
    rows = pl.DataFrame(lines, schema={"bin": pl.String, "points": pl.Int64, "rate": pl.Float64, "n": pl.Int64}, orient="row")
    labels = {"bin": _("Who the customer is"), "points": _("Points"), "rate": _("Share that left"), "n": "n"}
    return rows, labels, {"points": "count", "rate": "ratio", "n": "count"}


def _weights(found: dict[str, Any]) -> _Read:
    lines = [(session.say(w["column"]), _signed(w["weight"]), _over(w)) for w in found["weights"]]
    rows = pl.DataFrame(lines, schema={"column": pl.String, "weight": pl.String, "over": pl.String}, orient="row")
    labels = {"column": _("What is looked at"), "weight": _("Weight (log-odds)"), "over": _("Over the refits")}
    return rows if rows["over"].str.len_chars().sum() else rows.drop("over"), labels, {}


def _over(weight: dict[str, Any]) -> str:
    """Lowest and highest weight over the refits; empty for a model that was not learnt again."""
    if weight.get("low") is None:
        return ""
    return session.say(Text(_("{low} to {high}"), low=_signed(weight["low"]), high=_signed(weight["high"])))


def _signed(value: float) -> str:
    return f"{value:+.3f}".replace("-", "−")


def read_caption(kept: Model, name: str) -> Text:
    """How to read it."""
    said = {
        "rules": _("Every customer falls under one rule, riskiest first; n and share are of the rows it learnt from."),
        "points": _(
            "Points add up; more points, more likely to stay. 20 points double the odds, 600 points are 50 who stay to 1 who leaves."
        ),
        "weights": _("Numbers: for one standard deviation more; levels: for belonging to one. Above 0 raises the risk, below lowers it."),
    }
    return Text(said[kept.card.readable[name]["as"]])
