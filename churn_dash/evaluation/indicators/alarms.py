"""How good the warnings were. Source: METHODS B4."""

from churn_dash.errors import ChurnDashError
from churn_dash.evaluation.indicators.figures import Figure, Step
from churn_dash.marks import _
from churn_dash.measures.question import Question
from churn_dash.measures.statistics.estimates import Estimate, rate
from churn_dash.measures.tenure.signals import median_range
from churn_dash.retention.warnings.scorecard import Scorecards, Share, scorecard
from churn_dash.words import Count, Text

ALARMS = ("warning_precision", "warning_recall", "warning_lead")


def alarms(question: Question, trend: bool) -> list[Figure]:
    """Precision, recall and median lead of the warnings given in the period; the trend is by the month of the warning, that of recall by
    the month of the departure."""
    try:
        found = scorecard(question, None)
    except ChurnDashError as problem:
        return [Figure(key, why_not=problem) for key in ALARMS]
    whole = found.whole
    middle, low, high = median_range(list(whole.leads))
    months = sorted(found.by_month.items()) if trend else []
    precision = tuple(Step(f"{m:%Y-%m}", one.precision.rate) for m, one in months)
    recalls = tuple(Step(f"{m:%Y-%m}", s.rate) for m, s in found.announced_by_month.items()) if trend else ()
    leads = tuple(Step(f"{m:%Y-%m}", one.median_lead) for m, one in months)
    return [
        _share("warning_precision", whole.precision, precision, _contaminated(found)),
        _share("warning_recall", whole.recall or Share(0, 0), recalls, None),
        Figure("warning_lead", Estimate(middle, low, high, len(whole.leads)), leads)
        if middle is not None
        else Figure("warning_lead", why_not=Text(_("No departure of these months was warned of."))),
    ]


def _share(key: str, share: Share, trend: tuple[Step, ...], note: Text | None) -> Figure:
    if share.rate is None:
        return Figure(key, why_not=Text(_("No warning or departure of these months can be judged yet.")))
    return Figure(key, rate(share.hits, share.n), trend, note=note)


def _contaminated(found: Scorecards) -> Text:
    """METHODS B4: a customer saved after a warning looks like a false alarm."""
    pending = Count(found.whole.n_pending)
    untouched = found.untouched
    if untouched is None or untouched.rate is None:
        return Text(
            _("After intervention, so understated: a customer saved looks like a false alarm. {n} warnings cannot be judged yet."),
            n=pending,
        )
    return Text(
        _(
            "A customer saved after a warning looks like a false alarm; of the {all} warnings on which nothing was done, {hits} came true. "
            "{n} warnings cannot be judged yet."
        ),
        all=Count(untouched.n),
        hits=Count(untouched.hits),
        n=pending,
    )
