"""What the Risk page shows: which model, how good, whom it names, and a button to train it anew."""

import datetime
from typing import Any

import polars as pl
import streamlit as st

from churn_dash.charts import Bin, Chart, calibration, scores
from churn_dash.errors import ChurnDashError
from churn_dash.retention import calls_frame
from churn_dash.risk import KINDS, Model, train
from churn_dash.store import shifted
from churn_dash.ui import cache, session
from churn_dash.ui.action import models, play_choice
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.tables import RANGE_LABELS, RANGE_UNITS
from churn_dash.ui.parts.tiles import Tile, money_tile
from churn_dash.ui.problems import shown
from churn_dash.ui.question import Question
from churn_dash.words import Count, Month, Number, Ratio, Text, _
from churn_dash.words.numbers import DASH

_BARS = 20
_TARGET, _DROP, _KEEP = "risk-target", "risk-drop", "risk-keep"
MEANS = _(
    "ROC-AUC: how often a customer who left was ranked above one who stayed (0.5 is guessing). "
    "PR-AUC: how pure the top of the list is (guessing gives the base rate). Brier: squared error of the probability, less is better."
)


def answer(question: Question, kept: Model) -> str:
    """The page's sentence: how many are at high risk, and how good the list is."""
    risk = models.at_risk(question)
    tenth = _tenth(kept)
    named = {"n": Count(risk.n if risk else None), "share": Ratio(tenth["recall"]), "lift": Number(tenth["lift"])}
    return session.say(Text(_("{n} customers are at high risk; calling the riskiest tenth reaches {share} of those who leave."), **named))


def where(question: Question, kept: Model) -> str:
    """The small line above the answer: for which months the risk is."""
    windows = kept.result.get("windows")
    if not windows:
        return session.say(_("Risk · like the customers whom the extract calls lost"))
    day = datetime.date.fromisoformat(windows["score_date"])
    first = shifted(day.replace(day=1), 1 + windows["gap"])
    last = shifted(first, windows["horizon"] - 1)
    return session.say(
        Text(_("Risk · as of {date}: leaving from {first} to {last}"), date=day.isoformat(), first=Month(first), last=Month(last))
    )


def _tried(kept: Model) -> dict[str, float]:
    found: dict[str, float] = next(m for m in kept.result["models"] if m["name"] == kept.name)
    return found


def _tenth(kept: Model) -> dict[str, float]:
    gains: list[dict[str, float]] = next(m for m in kept.result["models"] if m["name"] == kept.name)["gains"]
    return min(gains, key=lambda g: abs(g["share"] - models.CALLED))


def tiles(question: Question, kept: Model) -> list[Tile]:
    """The row of figures."""
    look, risk, tenth, tried = session.look(), models.at_risk(question), _tenth(kept), _tried(kept)
    base = float(kept.result["base_rate"])
    of = len(models.scores_of(question, kept))
    note = session.say(Text(_("of {all}, risk {threshold} or more"), all=Count(of), threshold=Ratio(tenth["threshold"])))
    found = [Tile(_("At high risk"), look.show(risk.n if risk else None, "count"), note=note)]
    if risk is not None and risk.balances:
        found.append(
            money_tile(
                _("At stake"), risk.balances, note=session.say(Text(_("balances of the {n} who may be called"), n=Count(risk.callable)))
            )
        )
    caught = session.say(Text(_("{precision} of those called, base rate {base}"), precision=Ratio(tenth["precision"]), base=Ratio(base)))
    found.append(Tile(_("Leavers reached"), look.show(tenth["recall"], "ratio"), note=caught))
    ends = {"low": _three(tried["roc_auc_low"]), "high": _three(tried["roc_auc_high"]), "n": _folds(kept)}
    folds = session.say(Text(_("{low} to {high} over {n} tests"), **ends))
    found.append(Tile("ROC-AUC", _three(tried["roc_auc"]), note=folds, help=session.say(MEANS)))
    return found


def _folds(kept: Model) -> int:
    return len(next(m for m in kept.result["models"] if m["name"] == kept.name)["folds"])


def _three(value: float | None) -> str:
    return DASH if value is None else f"{value:.3f}"


def model_words(kept: Model) -> str:
    """The model for the foot of the page: its kind and when it was trained."""
    return f"{session.say(KINDS[kept.name].label)} · {kept.card['created'][:16].replace('T', ' ')}"


def comparison(kept: Model) -> Table:
    """The models side by side with the base rate as the first line."""
    result = kept.result
    guess = result["baseline"]
    lines = [(session.say(_("Guessing (base rate)")), guess["roc_auc"], None, None, guess["pr_auc"], guess["brier"], "")]
    for m in result["models"]:
        name, chosen = session.say(KINDS[m["name"]].label), session.say(_("in use")) if m["name"] == kept.name else ""
        lines.append((name, m["roc_auc"], m["roc_auc_low"], m["roc_auc_high"], m["pr_auc"], m["brier"], chosen))
    numbers = ("roc_auc", "low", "high", "pr_auc", "brier")
    kinds: dict[str, Any] = {"model": pl.String, **dict.fromkeys(numbers, pl.Float64), "chosen": pl.String}
    labels = {"model": _("Model"), "roc_auc": "ROC-AUC", "low": _("lowest test"), "high": _("highest test"), "pr_auc": "PR-AUC"}
    labels |= {"brier": "Brier", "chosen": ""}
    rows = pl.DataFrame(lines, schema=kinds, orient="row")
    return Table(rows, "models", labels, dict.fromkeys(numbers, "score"), how=session.say(MEANS), only=True)


def comparison_finding(kept: Model) -> Text:
    """Title of the models: which one is used."""
    tried = kept.result["models"]
    best = max(tried, key=lambda m: m["pr_auc"] or 0.0)["name"]
    if best == kept.name:
        return Text(_("{model} is used: it did best on customers it had not seen"), model=KINDS[kept.name].label)
    names = {"model": KINDS[kept.name].label, "best": KINDS[best].label}
    return Text(_("{model} is used: as good as the best ({best}) within chance, and simpler"), **names)


def calibration_chart(kept: Model) -> Chart:
    """Predicted beside observed on customers the model had not seen."""
    bins = [Bin(b["predicted"], b["observed"], int(b["n"]), b["low"], b["high"]) for b in _reliability(kept)]
    return cache.chart(calibration, bins, look=session.look())


def _reliability(kept: Model) -> list[dict[str, float]]:
    found: list[dict[str, float]] = next(m for m in kept.result["models"] if m["name"] == kept.name)["reliability"]
    return found


def calibration_table(kept: Model) -> Table:
    """The groups of the calibration as rows."""
    rows = pl.DataFrame(_reliability(kept)).select("predicted", "observed", "low", "high", "n")
    labels = {"predicted": _("Predicted risk"), "observed": _("Observed"), **RANGE_LABELS}
    units = {"predicted": "ratio", "observed": "ratio", **RANGE_UNITS}
    return Table(rows, "calibration", labels, units)


def calibration_finding(kept: Model) -> Text:
    """Title of the calibration: in how many groups the prediction held."""
    bins = _reliability(kept)
    held = sum(1 for b in bins if b["low"] <= b["predicted"] <= b["high"])
    return Text(_("The risk was right in {n} of {all} groups"), n=held, all=len(bins))


def scores_chart(question: Question, kept: Model) -> Chart:
    """How many customers have which risk."""
    counts, edges = _histogram(question, kept)
    return cache.chart(scores, counts, edges, look=session.look(), threshold=models.threshold(kept))


def _histogram(question: Question, kept: Model) -> tuple[list[int], list[float]]:
    p = models.scores_of(question, kept)["probability"]
    top = float(p.max() or 1.0)  # type: ignore[arg-type]
    edges = [top * i / _BARS for i in range(_BARS + 1)]
    binned = (p * _BARS / top).floor().clip(0, _BARS - 1).cast(pl.Int64).value_counts()
    by = dict(binned.iter_rows())
    return [by.get(i, 0) for i in range(_BARS)], edges


def scores_table(question: Question, kept: Model) -> Table:
    """The histogram as rows."""
    counts, edges = _histogram(question, kept)
    rows = pl.DataFrame({"from": edges[:-1], "to": edges[1:], "n": counts})
    return Table(
        rows, "scores", {"from": _("Risk from"), "to": _("Risk to"), "n": _("Customers")}, {"from": "ratio", "to": "ratio", "n": "count"}
    )


def worklist(question: Question, kept: Model) -> Table:
    """Whom to call first, with the reason in words."""
    rows = calls_frame(models.calls_of(question, kept), session.language(), play_choice.in_force(question))
    if rows["value"].null_count() == len(rows):
        rows = rows.drop("value")
    labels = {"customer_id": _("Customer"), "probability": _("Risk"), "value": _("Balances, ¥"), "reason": _("Main reason")}
    labels |= {"mark": _("Steady"), "play": _("Play")}
    return Table(rows, "call-list", labels, {"customer_id": "id", "probability": "bar", "value": "money"}, is_list=True, only=True)


def worklist_caption(table: Table) -> Text:
    """Under the title of the call list."""
    return Text(
        _(
            "The riskiest tenth, most at stake first (risk × balances); {n} who may be called · "
            "from the model: it describes, it does not prove causes"
        ),
        n=len(table.rows),
    )


def left_out(kept: Model) -> list[str]:
    """Columns that no model saw, each with the reason."""
    return [session.say(Text(_("{column}: {why}"), column=x.column, why=x.why)) for x in kept.left_out]


def train_form(question: Question) -> bool:
    """Choices for training and the button; trains when pressed and says by stages what happens. True when a model was kept."""
    found = session.workspace()
    if found is None:
        return False
    with st.form("train", border=False):
        columns = [a.label for a in question.ds.attributes]
        target = None
        if question.timeless:
            options = ["", *columns] if "flag" in question.ds.definitions else columns
            flag = session.say(_("the churn flag of the extract"))
            target = st.selectbox(
                session.say(_("Who left is told by")),
                options,
                format_func={c: c or flag for c in options}.__getitem__,
                key=_TARGET,
                width=320,
            )
        with st.container(horizontal=True, gap="medium"):
            drop = st.multiselect(session.say(_("Leave out columns")), columns, key=_DROP, placeholder=session.say(_("None")))
            keep = st.multiselect(
                session.say(_("Keep columns although they would be left out")),
                [*columns, "gender"],
                key=_KEEP,
                placeholder=session.say(_("None")),
            )
        pressed = st.form_submit_button(session.say(_("Train the models")), icon=":material/model_training:")
    if not pressed:
        return False
    progress = st.progress(0.0, session.say(_("Starting")))

    def told(stage: Text, share: float) -> None:
        progress.progress(min(max(share, 0.0), 1.0), session.say(stage))

    try:
        train(
            question.ds,
            found.models,
            target=target or None,
            drop=drop,
            keep=keep,
            definition=None if question.timeless else question.definition,
            progress=told,
        )
    except ChurnDashError as problem:
        shown(problem)
        return False
    finally:
        progress.empty()
    return True
