"""What the models may look at, as Markdown for the docs: written from the declarations."""

from churn_dash.risk import GROUPS, PANEL_FEATURES, reading, when_known
from churn_dash.risk.features.ratios import MOST_FOLD
from churn_dash.words import say

_INTRODUCTION = """Generated from the declarations in `churn_dash/risk/features`; `make docs` writes it anew. A bank has those for which
it brings the table and the columns; `churn-dash features` says which, and of how many customers. Its own attributes come on top.

A model looks at a customer at the end of a month. It sees a row only if it had happened by then **and was known** when the bank's data
of that month usually are in (the median of `available_ts`, at most 27 days): the gap of a month between the score date and the months in
which leaving counts is there for that lag and for acting (METHODS D1). What arrives later than usual is as if it did not exist, and what
was known before it stands. Training and scoring wait alike.

Days after the score date are looked at only where they were agreed before (a maturity, a booking). What the customers table alone
says is as it is today, and marked so; a column of that name in `customer_month` is read as it stood. Not looked at:
`cards.last_txn_date` (as of the extract, it would tell of later months), and whether a complaint was reopened or its result told (the
tables do not say when).

A change is a ratio to the customer's own past less 1 (unit "change": over months, from the year's highest, the trend a month, and that of
the city's balances). It ends at a factor of {fold:g} either way, which is −90 % and +900 %, and is told there as "tenfold or more" and "a
tenth or less": beyond, it says only that the past, or what is left, is next to nothing (`churn_dash/risk/features/ratios.py`). It is
undefined where there was nothing before."""


def markdown() -> str:
    """docs/FEATURES.md: every feature that is declared."""
    parts = ["# What the risk models look at", "", _INTRODUCTION.format(fold=MOST_FOLD)]
    for group, label in GROUPS.items():
        parts += ["", f"## {say(label)}", "", "| name | meaning | unit | from | known |", "|---|---|---|---|---|"]
        for f in PANEL_FEATURES:
            if f.group == group:
                place = reading(f, {})
                days = ", ".join(f"`{place.table}.{c}`" for c in (*place.needs, *place.uses)) or f"`{place.table}`"
                parts.append(f"| `{f.name}` | {say(f.label)} | {f.unit} | {days} | {say(when_known(f))} |")
    return "\n".join(parts) + "\n"
