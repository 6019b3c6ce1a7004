"""The columns of the care lists: what each is called, and its unit."""

from dataclasses import dataclass

from churn_dash.marks import _


@dataclass(frozen=True)
class Column:
    """A column of a list: its header, and its unit: id, date, money, ratio, count, percent (per cent a year, as it is) or a code."""

    label: str
    unit: str = ""


COLUMNS = {
    "customer_id": Column(_("Customer"), "id"),
    "holding_id": Column(_("Holding"), "text"),
    "maturity_date": Column(_("Falls due"), "date"),
    "days_left": Column(_("Days left"), "count"),
    "amount": Column(_("Amount, ¥"), "money"),
    "product_kind": Column(_("Kind of product"), "code"),
    "term_months": Column(_("Term, months"), "count"),
    "rate": Column(_("Yield now, % a year"), "percent"),
    "bank_name": Column(_("Held at"), "text"),
    "own_product": Column(_("Our product"), "text"),
    "own_rate": Column(_("We offer, % a year"), "percent"),
    "rival_bank": Column(_("Best other bank"), "text"),
    "rival_product": Column(_("Their product"), "text"),
    "rival_rate": Column(_("They offer, % a year"), "percent"),
    "rate_gap": Column(_("They pay more by, pp"), "percent"),
    "txn_id": Column(_("Booking"), "text"),
    "day": Column(_("For the day"), "date"),
    "booked_at": Column(_("Booked on"), "date"),
    "share": Column(_("Of the balances"), "ratio"),
    "channel": Column(_("Channel"), "code"),
    "counter_bank": Column(_("Goes to"), "text"),
    "average_before": Column(_("Average before, ¥"), "money"),
    "average": Column(_("Month average, ¥"), "money"),
    "lost": Column(_("Gone, ¥"), "money"),
    "fall": Column(_("Fall"), "ratio"),
    "own_tier": Column(_("Tier in force"), "code"),
    "threshold": Column(_("Threshold, ¥"), "money"),
    "gap": Column(_("Short of it, ¥"), "money"),
    "on_watch": Column(_("On watch"), "flag"),
    "months_on_watch": Column(_("Months on watch"), "count"),
    "months_left": Column(_("Months left"), "count"),
    "last_chance": Column(_("Bring back by"), "date"),
    "falls_on": Column(_("Falls on"), "date"),
    "falls_to": Column(_("Falls to"), "code"),
    "to_bring": Column(_("To bring back, ¥"), "money"),
    "notice": Column(_("Notice to the customer"), "text"),
    "answered_at": Column(_("Answered on"), "date"),
    "score": Column(_("Score"), "count"),
    "score_before": Column(_("Score before"), "count"),
    "drop": Column(_("Drop"), "count"),
    "scale": Column(_("Scale"), "code"),
    "core": Column(_("Core customer"), "flag"),
    "complaint_id": Column(_("Complaint"), "text"),
    "created_at": Column(_("Came in on"), "date"),
    "waits": Column(_("Working days waiting"), "count"),
    "category": Column(_("Subject of the complaint"), "code"),
    "reopened": Column(_("Opened again"), "flag"),
    "quiet_since": Column(_("Silent since"), "date"),
    "days_since": Column(_("Days since contact"), "count"),
    "birthday": Column(_("Birthday"), "date"),
    "age": Column(_("Turns"), "count"),
    "holiday": Column(_("Holiday"), "code"),
    "first_day": Column(_("From"), "date"),
    "last_day": Column(_("To"), "date"),
    "balance": Column(_("Balances, ¥"), "money"),
    "tier": Column(_("Tier"), "code"),
    "owner": Column(_("Owner"), "text"),
    "branch_id": Column(_("Branch"), "text"),
    "last_contact": Column(_("Last contact"), "date"),
    "contacts": Column(_("Contacts lately"), "count"),
    "capped": Column(_("Contacted enough"), "flag"),
    "no_marketing": Column(_("No marketing"), "flag"),
}
"""Every column of every list, by name."""
