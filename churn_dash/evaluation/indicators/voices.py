"""What customers answer: satisfied, and would recommend. Source: METHODS B8."""

from churn_dash.causes.satisfaction import satisfaction
from churn_dash.errors import ChurnDashError
from churn_dash.evaluation.indicators.figures import Figure, Step
from churn_dash.marks import _
from churn_dash.measures.question import Question
from churn_dash.measures.statistics.estimates import Estimate
from churn_dash.words import Number, Ratio, Text

ANSWERS = ("csat", "nps")


def answers(question: Question, trend: bool) -> list[Figure]:
    """Satisfied customers and the net promoter score, of the questionnaires sent in the period; the trend is by wave."""
    try:
        found = satisfaction(question)
    except ChurnDashError as problem:
        return [Figure(key, why_not=problem) for key in ANSWERS]
    return [_figure(key, found.whole, found.waves.select("wave", key).rows() if trend else []) for key in ANSWERS]


def _figure(key: str, whole: dict[str, float | None], waves: list[tuple[object, ...]]) -> Figure:
    n = int(whole[f"{key}_n"] or 0)
    if whole[key] is None:
        return Figure(key, why_not=Text(_("Nobody answered the questionnaires of these months.")))
    shown = Ratio(whole[f"{key}_weighted"]) if key == "csat" else Number(whole[f"{key}_weighted"])
    note = Text(
        _("{share} of the questionnaires were answered; weighted to the tiers and ages of all customers: {value}."),
        share=Ratio(whole["response"]),
        value=shown,
    )
    steps = tuple(Step(f"{wave:%Y-%m}", value) for wave, value in waves)  # type: ignore[arg-type]
    return Figure(key, Estimate(whole[key], whole[f"{key}_low"], whole[f"{key}_high"], n), steps, note=note, of=int(whole["sent"] or 0))
