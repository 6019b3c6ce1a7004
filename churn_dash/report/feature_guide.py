"""What the models may look at, as Markdown for the docs: written from the declarations."""

from churn_dash.risk import GROUPS, PANEL_FEATURES, reading, when_known
from churn_dash.words import say

_INTRODUCTION = """Generated from the declarations in `churn_dash/risk/features`; `make docs` writes it anew. A bank has those for which
it brings the table and the columns; `churn-dash features` says which, and of how many customers. Its own attributes come on top.

A model looks at a customer at the end of a month. It sees a row only if it had happened **and was known** by then: what arrives later
is as if it did not exist, and what was known before it stands. So where a month's figures arrive some days after its end, a
score of that month end rests on the month before. Training and scoring read alike. The gap between the score date and the months in
which leaving counts is for acting, not for waiting for data.

Days after the score date are looked at only where they were agreed before (a maturity, a booking). What the customers table alone
says is as it is today, and marked so; a column of that name in `customer_month` is read as it stood. Not looked at:
`cards.last_txn_date` (as of the extract, it would tell of later months), and whether a complaint was reopened or its result told (the
tables do not say when)."""


def markdown() -> str:
    """docs/FEATURES.md: every feature that is declared."""
    parts = ["# What the risk models look at", "", _INTRODUCTION]
    for group, label in GROUPS.items():
        parts += ["", f"## {say(label)}", "", "| name | meaning | unit | from | known |", "|---|---|---|---|---|"]
        for f in PANEL_FEATURES:
            if f.group == group:
                place = reading(f, {})
                days = ", ".join(f"`{place.table}.{c}`" for c in (*place.needs, *place.uses)) or f"`{place.table}`"
                parts.append(f"| `{f.name}` | {say(f.label)} | {f.unit} | {days} | {say(when_known(f))} |")
    return "\n".join(parts) + "\n"
