"""What the Risk page shows: which model, how good, and whom it names."""

import datetime

import polars as pl

from churn_dash.charts import Bin, Chart, calibration, scores
from churn_dash.retention import calls_frame
from churn_dash.risk import GROUPS, KINDS, Model, when_known
from churn_dash.risk.scores.spread import Spread, spread
from churn_dash.store import shifted
from churn_dash.ui import cache, models, session
from churn_dash.ui.lists import play_choice
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.tables import RANGE_LABELS, RANGE_UNITS
from churn_dash.ui.parts.tiles import Tile, money_tile
from churn_dash.ui.question import PageQuestion
from churn_dash.ui.risk import threshold
from churn_dash.words import Count, Month, Ratio, Text, _
from churn_dash.words.numbers import DASH

MEANS = _(
    "ROC-AUC: how often a customer who left was ranked above one who stayed (0.5 is guessing). "
    "PR-AUC: how pure the top of the list is (guessing gives the base rate). Brier: squared error of the probability, less is better."
)


def answer(question: PageQuestion, kept: Model) -> str:
    """The page's sentence: how many are at high risk, and how good the list is."""
    risk, found = models.at_risk(question), threshold.found(question, kept)
    named = {"n": Count(risk.n if risk else None), "share": Ratio(found.recall.value)}
    return session.say(Text(_("{n} customers are at high risk; on the tests such a list reached {share} of those who left."), **named))


def where(question: PageQuestion, kept: Model) -> str:
    """The small line above the answer: for which months the risk is."""
    windows = kept.card.windows
    if not windows:
        return session.say(_("Risk · like the customers whom the extract calls lost"))
    day = datetime.date.fromisoformat(windows["score_date"])
    first = shifted(day.replace(day=1), 1 + windows["gap"])
    last = shifted(first, windows["horizon"] - 1)
    return session.say(
        Text(_("Risk · as of {date}: leaving from {first} to {last}"), date=day.isoformat(), first=Month(first), last=Month(last))
    )


def tiles(question: PageQuestion, kept: Model) -> list[Tile]:
    """The row of figures."""
    look, risk, tried, reached = session.look(), models.at_risk(question), kept.card.chosen, threshold.found(question, kept)
    base = kept.card.base_rate
    cut = Ratio(risk.threshold if risk else None)
    note = session.say(Text(_("of {all}, risk {threshold} or more"), all=Count(risk.of if risk else None), threshold=cut))
    found = [Tile(_("At high risk"), look.show(risk.n if risk else None, "count"), note=note)]
    if risk is not None and risk.balances:
        found.append(
            money_tile(
                _("At stake"), risk.balances, note=session.say(Text(_("balances of the {n} who may be called"), n=Count(risk.callable)))
            )
        )
    ranged = Text(_("{low} to {high} (95%)"), low=Ratio(reached.recall.low), high=Ratio(reached.recall.high))
    right = {"precision": Ratio(reached.precision.value), "low": Ratio(reached.precision.low), "high": Ratio(reached.precision.high)}
    caught = session.say(Text(_("{precision} of those called left ({low} to {high}), base rate {base}"), base=Ratio(base), **right))
    found.append(Tile(_("Leavers reached"), look.show(reached.recall.value, "ratio"), note=f"{session.say(ranged)} · {caught}"))
    low, high = tried.roc_auc_interval
    within = session.say(Text(_("{low} to {high} (95%)"), low=_three(low), high=_three(high)))
    ends = {"low": _three(tried.roc_auc_low), "high": _three(tried.roc_auc_high), "n": len(tried.folds)}
    folds = session.say(Text(_("{low} to {high} over {n} tests"), **ends))
    note = f"{within} · {folds}" if low is not None else folds
    found.append(Tile("ROC-AUC", _three(tried.roc_auc), note=note, help=session.say(MEANS)))
    return found


def _three(value: float | None) -> str:
    return DASH if value is None else f"{value:.3f}"


def model_words(kept: Model) -> str:
    """The model for the foot of the page: its kind and when it was trained."""
    return f"{session.say(KINDS[kept.name].label)} · {kept.card.created[:16].replace('T', ' ')}"


def calibration_chart(kept: Model) -> Chart:
    """Predicted beside observed on customers the model had not seen."""
    bins = [Bin(b.predicted, b.observed, b.n, b.low, b.high) for b in kept.card.reliability]
    return cache.chart(calibration, bins, look=session.look())


def calibration_table(kept: Model) -> Table:
    """The groups of the calibration as rows."""
    rows = pl.DataFrame([vars(b) for b in kept.card.reliability]).select("predicted", "observed", "low", "high", "n")
    labels = {"predicted": _("Predicted risk"), "observed": _("Observed"), **RANGE_LABELS}
    units = {"predicted": "ratio", "observed": "ratio", **RANGE_UNITS}
    return Table(rows, "calibration", labels, units)


def calibration_finding(kept: Model) -> Text:
    """Title of the calibration: in how many groups the prediction held."""
    bins = kept.card.reliability
    held = sum(1 for b in bins if b.low <= b.predicted <= b.high)
    return Text(_("The risk was right in {n} of {all} groups"), n=held, all=len(bins))


def scores_chart(question: PageQuestion, kept: Model) -> Chart:
    """How many customers have which risk."""
    found = _spread(question, kept)
    named = {"threshold": models.threshold(kept), "below": found.below}
    return cache.chart(scores, found.counts, found.edges, look=session.look(), **named)


def _spread(question: PageQuestion, kept: Model) -> Spread:
    cut = models.threshold(kept)

    def work(*_asked: object) -> Spread:
        return spread(models.scores_of(question, kept)["probability"], cut)

    return cache.worked_out(question.ds, question.scope, work, kept.id, cut, question.filters.where, name="spread of risk")


def scores_finding(question: PageQuestion, kept: Model) -> Text | str:
    """Title of the histogram: the risk of the middle customer, and from which on a tenth of them have."""
    risks = models.scores_of(question, kept)["probability"].drop_nulls()
    half, tenth = risks.median(), risks.quantile(0.9, "linear")
    if not isinstance(half, float) or tenth is None:
        return _("Customers by predicted risk")
    named = {"half": Ratio(half), "tenth": Ratio(tenth)}
    return Text(_("Half of the customers have a risk of {half} or less, a tenth of {tenth} or more"), **named)


def scores_table(question: PageQuestion, kept: Model) -> Table:
    """The histogram as rows."""
    found = _spread(question, kept)
    starts, counts = [0.0, *found.edges[:-1]] if found.below else found.edges[:-1], found.counts
    kinds = {"from": pl.Float64, "to": pl.Float64, "n": pl.Int64}
    ends = found.edges if found.below else found.edges[1:]
    rows = pl.DataFrame({"from": starts, "to": ends, "n": [found.below, *counts] if found.below else counts}, schema=kinds)
    return Table(
        rows, "scores", {"from": _("Risk from"), "to": _("Risk to"), "n": _("Customers")}, {"from": "ratio", "to": "ratio", "n": "count"}
    )


def worklist(question: PageQuestion, kept: Model) -> Table:
    """Whom to call first, with the reason in words."""
    language, plays = session.language(), play_choice.in_force(question)

    def work(*_asked: object) -> pl.DataFrame:
        return calls_frame(models.calls_of(question, kept), language, plays)

    asked = (kept.id, models.cuts(kept), question.filters.where, language, plays)
    rows = cache.worked_out(question.ds, question.scope, work, *asked, name="call list")
    if rows["value"].null_count() == len(rows):
        rows = rows.drop("value")
    labels = {"customer_id": _("Customer"), "probability": _("Risk"), "value": _("Balances, ¥"), "reason": _("Main reason")}
    labels |= {"mark": _("Steady"), "play": _("Play")}
    return Table(rows, "call-list", labels, {"customer_id": "id", "probability": "bar", "value": "money"}, is_list=True, only=True)


def worklist_caption(question: PageQuestion) -> Text:
    """Under the title of the call list: how many of it are at high risk."""
    risk = models.at_risk(question)
    return Text(
        _(
            "The {n} at high risk who may be called, most at stake first (risk × balances), then the others · "
            "from the model: it describes, it does not prove causes"
        ),
        n=Count(risk.callable if risk else None),
    )


def left_out(kept: Model) -> list[str]:
    """Columns that no model saw, each with the reason."""
    return [session.say(Text(_("{column}: {why}"), column=x.column, why=x.why)) for x in kept.card.left_out]


def leaks(kept: Model) -> str | None:
    """The banner about columns that would have told the outcome, each with the reason; None where there was none."""
    found = [x for x in kept.card.left_out if x.leak]
    if not found:
        return None
    named = "; ".join(session.say(Text(_("{column}: {why}"), column=x.column, why=x.why)) for x in found)
    return session.say(Text(_("Left out, because it would tell the outcome: {named}."), named=named))


def looked_at(kept: Model) -> Table:
    """What the model looks at: each feature with its group, of how many customers it is known, and when it becomes known."""
    known = kept.card.known_of
    ranked = sorted(kept.design.features, key=lambda f: -kept.importance.get(f.name, 0.0))
    rows = [(session.say(f.label), session.say(GROUPS[f.group]), known.get(f.name), session.say(when_known(f))) for f in ranked]
    schema = {"feature": pl.String, "group": pl.String, "customers": pl.Int64, "when": pl.String}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    labels = {"feature": _("What"), "group": _("Kind of feature"), "customers": _("Customers"), "when": _("Known")}
    return Table(frame, "looked-at", labels, {"customers": "count"}, only=True)
