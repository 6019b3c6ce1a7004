"""How long one customer has been there at the end of the data, and the pace at which customers of each tenure leave. Source: METHODS B0."""

from churn_dash.access import Scope
from churn_dash.measures.metrics import MEAN_MONTH_DAYS
from churn_dash.measures.question import Question, definition_of
from churn_dash.measures.tenure.hazard import Pace, paces
from churn_dash.measures.tenure.lifetimes import added, lifetimes, unknown_starts
from churn_dash.measures.tenure.survival import watched_months
from churn_dash.store import Dataset


def tenure_now(ds: Dataset, customer_id: str, definition: str | None = None) -> float | None:
    """Months since the customer's present spell began, at the end of the data; None for who has left, and where the day is not known."""
    if ds.data_end is None:
        return None
    sql = (
        "select sp.c, sp.spell, sp.start_date from spell_rows sp join people p on p.c = sp.c where p.customer_id = ? "
        "and sp.definition = ? and sp.start_date <= ? and (sp.end_date is null or sp.end_date > ?) order by sp.start_date desc"
    )
    row = ds.cursor().execute(sql, [customer_id, definition_of(ds, definition), ds.data_end, ds.data_end]).fetchone()
    if row is None or (row[1] == 1 and row[0] in unknown_starts(ds).to_list()):
        return None
    return float((ds.data_end - row[2]).days / MEAN_MONTH_DAYS)


def pace_by_tenure(ds: Dataset, definition: str | None = None) -> tuple[Pace, ...]:
    """The pace of the whole bank by tenure, over every month that can be measured; empty for data without months. It is a figure of the
    bank, as the risk model is, and the same for every viewer."""
    if ds.shape != "panel" or not ds.measurable:
        return ()
    found, _left_out = lifetimes(Question(ds, Scope.everything(), period=watched_months(ds, None), definition=definition), None)
    return paces(added(list(found.values()))) if found else ()
