"""A worklist as a file: a sheet a manager, ids as text, and a sheet that says what it is and who was not offered a call."""

import pathlib
from collections.abc import Mapping, Sequence

import polars as pl

from churn_dash.contract.contact_words import CHANNELS
from churn_dash.errors import BadInput
from churn_dash.marks import _
from churn_dash.report import files
from churn_dash.retention.worklists.calls import reasons_of
from churn_dash.retention.worklists.fairness import DIMENSIONS, UNKNOWN, Offered
from churn_dash.retention.worklists.what_to_do import ToDo
from churn_dash.retention.worklists.worklist import VERDICTS, Worklist
from churn_dash.risk import Model
from churn_dash.risk.explained.reasons import in_a_row, on_a_card
from churn_dash.risk.scores.grades import GRADES
from churn_dash.words import Count, Ratio, Text, say

LABELS = {
    "customer_id": _("Customer"),
    "owner": _("Manager"),
    "grade": _("Risk grade"),
    "probability": _("Risk"),
    "gain": _("Expected gain of a call, ¥"),
    "play": _("Play"),
    "product": _("Own product that fits"),
    "stake": _("Risk × value, ¥"),
    "value": _("Lifetime value, ¥"),
    "balance": _("Balances, ¥"),
    "tier": _("Tier"),
    "branch_id": _("Branch"),
    "last_contact": _("Last contact"),
    "contacts": _("Recent contacts"),
    "reasons": _("Reasons"),
}
NOBODY = _("Without a manager")
FAIR = {
    "dimension": _("Group"),
    "level": _("Level"),
    "flagged": _("Look at it"),
    "ratio": _("Against the best group"),
    "not_offered": _("Share not offered"),
    "low": _("from"),
    "high": _("to"),
    "n": _("Customers at risk"),
    "left_out": _("Not offered"),
    "ratio_low": _("Ratio from"),
    "ratio_high": _("Ratio to"),
}
LEVELS: dict[str, Mapping[str, str]] = {
    "gender": {"F": _("Women"), "M": _("Men")},
    "age": {"<25": _("under 25"), "65+": _("65 and older")},
    "channel": CHANNELS,
}
"""Words for the levels that are codes; the others stand as the bank writes them."""
_BY_HAND = _("{n} customers of {of}; risk {cut} or more; at most {capacity} a manager; expected gain {gain}")


def spoken(rows: pl.DataFrame, kept: Model, to_do: Mapping[str, ToDo], language: str = "en") -> pl.DataFrame:
    """Rows of a list with grades, reasons, the play for the first of them and the own product in words, columns as ``LABELS``.

    ``to_do`` by customer, as ``what_to_do`` gives it.
    """
    said = [in_a_row(on_a_card(reasons_of(text, kept)), language) for text in rows["reasons"]]
    grades = [say(GRADES[g], language) for g in rows["grade"]]
    advised = [to_do.get(c, ToDo()) for c in rows["customer_id"]]
    words: dict[str, list[str | None]] = {
        "reasons": [*said],
        "grade": [*grades],
        "play": [say(t.plays[0].title, language) if t.plays else None for t in advised],
        "product": [say(t.product.title, language) if t.product else None for t in advised],
    }
    return rows.with_columns(pl.Series(name, column, dtype=pl.String) for name, column in words.items()).select(*LABELS)


def fairness_rows(fair: Sequence[Offered], language: str = "en") -> pl.DataFrame:
    """The fair-treatment check as rows, names in words."""
    rows = [
        g.as_json()
        | {
            "dimension": say(DIMENSIONS[g.dimension], language),
            "level": say(_("not known") if g.level == UNKNOWN else LEVELS.get(g.dimension, {}).get(g.level, g.level), language),
            "flagged": say(_("yes"), language) if g.flagged else "",
        }
        for g in fair
    ]
    kinds = dict.fromkeys(FAIR, pl.Float64) | dict.fromkeys(("dimension", "level", "flagged"), pl.String)
    return pl.DataFrame(rows, schema=kinds | dict.fromkeys(("n", "left_out"), pl.Int64))


def about(found: Worklist, language: str = "en") -> list[tuple[str, str]]:
    """What the file says of itself: how the list came about, and what became of everybody else."""
    named = {
        "n": Count(found.rows.height),
        "of": Count(found.everybody.height),
        "cut": Ratio(found.cuts.high),
        "capacity": Count(found.capacity),
        "gain": found.expected.words,
    }
    lines = [(say(_("Worklist"), language), say(found.expected.doubted(Text(_BY_HAND, **named)), language))]
    lines += [(say(LABELS["gain"], language), say(found.expected.covers, language))]
    lines += [(say(words, language), f"{found.counts[v]:,}") for v, words in VERDICTS.items()]
    return lines


def workbook(
    found: Worklist,
    kept: Model,
    to_do: Mapping[str, ToDo],
    fair: Sequence[Offered],
    language: str = "en",
    more: Sequence[tuple[str, str]] = (),
) -> bytes:
    """The list as xlsx: a sheet a manager, the fair-treatment check, and what it is."""
    rows = spoken(found.rows, kept, to_do, language)
    labels = {c: say(words, language) for c, words in LABELS.items()}
    parts = [
        (say(NOBODY, language) if owner is None else str(owner), part) for (owner,), part in rows.group_by("owner", maintain_order=True)
    ]
    sheets = [files.Sheet(name, part, labels, ("probability",)) for name, part in parts]
    fair_labels = {c: say(words, language) for c, words in FAIR.items()}
    percent = ("not_offered", "low", "high", "ratio", "ratio_low", "ratio_high")
    sheets.append(files.Sheet(say(_("Fair treatment"), language), fairness_rows(fair, language), fair_labels, percent))
    return files.book(sheets, [*about(found, language), *more], say(_("About"), language))


def write(
    found: Worklist, kept: Model, to_do: Mapping[str, ToDo], fair: Sequence[Offered], out: pathlib.Path, language: str = "en"
) -> None:
    """The list as a file by its ending: .xlsx, .csv or .parquet. ``BadInput`` for another ending or a place that cannot be written to."""
    ending = out.suffix.lower()
    if ending not in (".xlsx", ".csv", ".parquet"):
        raise BadInput(_("A worklist can be written as .xlsx, .csv or .parquet; {name} is none of them."), name=out.name)
    try:
        if ending == ".xlsx":
            out.write_bytes(workbook(found, kept, to_do, fair, language))
        elif ending == ".csv":
            out.write_bytes(files.csv(spoken(found.rows, kept, to_do, language), {c: say(w, language) for c, w in LABELS.items()}))
        else:
            spoken(found.rows, kept, to_do, language).write_parquet(out)
    except OSError as problem:
        raise BadInput(_("{path} cannot be written to; choose another place."), path=out) from problem
