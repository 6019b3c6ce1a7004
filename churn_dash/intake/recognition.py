"""Which table of the contract a part is: by what the person says, by its name, by its columns."""

import dataclasses

import polars as pl

from churn_dash.contract import TABLES
from churn_dash.errors import BadInput, ChurnDashError, NotFound
from churn_dash.intake.files.parts import Part
from churn_dash.intake.mapping.asked import applicable
from churn_dash.intake.mapping.assumed import assumed
from churn_dash.intake.mapping.form import Form
from churn_dash.intake.mapping.headers import found, matches, plain
from churn_dash.intake.mapping.table_names import hinted, tells
from churn_dash.intake.snapshot_words import PERSONAL
from churn_dash.intake.source import Match, Options
from churn_dash.intake.values.dates import readable
from churn_dash.words import Text, _, nearest

__all__ = ["Form", "form", "hinted", "tells"]


def form(part: Part, options: Options) -> Form:
    """What a part is; columns that it cannot do without, and no header names, are assumed from their values where one alone fits.

    Raises NotFound for an unknown table's name, BadInput for a panel without its month or customer.
    """
    try:
        plainly = _by_headers(part, options)
    except BadInput:
        fuller = _fuller(part, options, None)
        if fuller is None:
            raise
        return fuller
    return _fuller(part, options, plainly) or plainly


def _fuller(part: Part, options: Options, plainly: Form | None) -> Form | None:
    """The form with the columns that were assumed; None where none was, or where they do not complete it."""
    guessed = assumed(part.sample, part.header, plainly, options)
    if not guessed:
        return None
    mapping = {**options.mapping, **{m.header: m.field for m in guessed}}
    try:
        found = _by_headers(part, dataclasses.replace(options, mapping=mapping))
    except ChurnDashError:
        return None
    told = {m.header: m for m in guessed}
    kept = [dataclasses.replace(told[m.header], table=m.table, factor=m.factor) if m.header in told else m for m in found.matches]
    return Form(found.table, tuple(kept))


def _by_headers(part: Part, options: Options) -> Form:
    """What a part is, by what the person says, its name and its headers."""
    if options.table is not None:
        if options.table not in TABLES:
            raise NotFound(
                _("There is no table {table}. Did you mean {near}? Tables are {known}."),
                table=options.table,
                near=nearest(options.table, TABLES) or "customer_month",
                known=", ".join(TABLES),
            )
        asked = Form(options.table, matches(part.header, options.table, applicable(options.table, options)))
        _complete(part, asked)
        return asked
    hint = hinted(part.name) or (hinted(f"{part.sheet}.xlsx") if part.sheet else None)
    forms = {t: Form(t, matches(part.header, t, applicable(t, options))) for t in TABLES}
    if hint and _fits(part, hint, forms):
        return forms[hint]
    panel = _panel(part, forms["customer_month"], "churned" in forms["cross_section"].fields, hint)
    special = _special(forms)
    if special and (panel is None or len(special.fields) > len(panel.fields)):
        return special
    if panel:
        return panel
    return _snapshot(part, forms, options)


def _fits(part: Part, hint: str, forms: dict[str, Form]) -> bool:
    """Whether a part named after a table also has its columns."""
    if hint == "cross_section" or not _has_key(forms[hint]):
        return False
    if hint == "customers":
        monthly = _usable_months(part, forms["customer_month"]) and bool(_measures(forms["customer_month"]))
        return not monthly and not _says_who_left(forms)
    return hint != "customer_month" or _usable_months(part, forms[hint])


def _complete(part: Part, asked: Form) -> None:
    """A table named by the person must have its key; a cross-section may do without."""
    if asked.table in (None, "cross_section"):
        return
    for column in TABLES[asked.table].key:
        if column not in asked.fields:
            raise BadInput(
                _("{name} has no column for {column}, which {table} needs. Name it with --map COLUMN={column}. Its columns are {header}."),
                name=part.name,
                column=column,
                table=asked.table,
                header=", ".join(part.header[:12]),
            )


def _has_key(candidate: Form) -> bool:
    return candidate.table is not None and set(TABLES[candidate.table].key) <= candidate.fields


def _says_who_left(forms: dict[str, Form]) -> bool:
    return "churned" in forms["cross_section"].fields


def _usable_months(part: Part, candidate: Form) -> bool:
    header = candidate.header("month")
    if header is None:
        return False
    cells = part.sample[header].drop_nulls()
    return len(cells) > 0 and 2 * int(readable(cells).sum()) > len(cells)


def _measures(candidate: Form) -> set[str]:
    """Columns that only a monthly table has."""
    return {m.field for m in candidate.matches if m.field and m.table == "customer_month"} - {"customer_id", "month", "churned"}


def _one_month(part: Part, candidate: Form) -> bool:
    header = candidate.header("month")
    return header is not None and part.sample[header].n_unique() == 1


def _panel(part: Part, candidate: Form, flagged: bool, hint: str | None) -> Form | None:
    """A monthly file, None when it is none, BadInput when it is one that lacks its customer or its month."""
    monthly = hint == "customer_month" or len(_measures(candidate)) >= 2
    if flagged and not monthly and _one_month(part, candidate):
        return None
    if "month" in candidate.fields and _usable_months(part, candidate):
        if "customer_id" in candidate.fields:
            return candidate
        if monthly:
            raise BadInput(
                _("{name} is a monthly file without a customer number. Name its column with --id. Its columns are {header}."),
                name=part.name,
                header=", ".join(part.header[:12]),
            )
        return None
    header = candidate.header("month")
    if "customer_id" not in candidate.fields or not (monthly or (header is not None and _measures(candidate))):
        return None
    if header is not None and not flagged:
        raise BadInput(
            _(
                "{name}: column {column} holds no months such as 2024-03 (it holds {value}). "
                "Correct it, or name the month's column with --map COLUMN=month."
            ),
            name=part.name,
            column=header,
            value=next(iter(part.sample[header].drop_nulls().to_list()), "—"),
        )
    if header is None and hint == "customer_month":
        raise BadInput(_("{name} is a monthly file without a month. Name its column with --map COLUMN=month."), name=part.name)
    return None


def _special(forms: dict[str, Form]) -> Form | None:
    """Accounts, surveys and the other tables with a key of their own; the one with most known columns.

    A file with customers' numbers is none of the tables that know no customer, such as branches or the market.
    """
    found = []
    of_customers = "customer_id" in forms["customers"].fields
    for table, candidate in forms.items():
        if table in ("customers", "customer_month", "cross_section") or not _has_key(candidate):
            continue
        needed = {"customer_id"} & set(TABLES[table].columns)
        if of_customers and not needed:
            continue
        known = len(candidate.fields)
        if needed <= candidate.fields and known >= 3 and 2 * known >= len(candidate.matches):
            found.append(candidate)
    return max(found, key=lambda f: len(f.fields), default=None)


def _snapshot(part: Part, forms: dict[str, Form], options: Options) -> Form:
    """A list of customers with their lasting facts, a cross-section, or no customer extract at all."""
    snapshot, people = forms["cross_section"], forms["customers"]
    if (
        "customer_id" in people.fields
        and not _says_who_left(forms)
        and len(people.fields) >= 3
        and 2 * len(people.fields) >= len(people.matches)
    ):
        return people
    told = {"customer_id", "churned"} & snapshot.fields
    personal = sum(plain(h) in PERSONAL for h in part.header)
    if told or personal >= 2:
        return _exact(part, snapshot, options)
    return Form(None, snapshot.matches)


def _exact(part: Part, snapshot: Form, options: Options) -> Form:
    """Codes of the source such as education 1…5 are not words of the contract: they stay numbers under their own header."""
    kept = []
    named = {found(asked, part.header) for asked in options.mapping}
    for m in snapshot.matches:
        if m.field in ("education", "occupation") and m.header not in named and _numeric(part, m.header):
            m = Match(m.header, None, "cross_section", 0.0, Text(_("Not in the contract: an attribute of its own")))
        kept.append(m)
    return Form(snapshot.table, tuple(kept))


def _numeric(part: Part, header: str) -> bool:
    cells = part.sample[header].drop_nulls()
    return len(cells) > 0 and cells.cast(pl.Float64, strict=False).null_count() == 0
