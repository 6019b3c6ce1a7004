"""The list of customers to ask back as a file: a sheet an owner, ids as text, and a sheet that says what it is and who is not on it."""

import pathlib

import polars as pl

from churn_dash.campaigns.winback.losses import LEFT_OUT
from churn_dash.campaigns.winback.strategies import STRATEGIES, WHAT_TO_DO
from churn_dash.campaigns.winback.whom import AHEAD_DAYS, ToAsk
from churn_dash.contract.causes import REASON_LABELS
from churn_dash.errors import BadInput
from churn_dash.marks import _
from churn_dash.report import files
from churn_dash.words import Count, Money, Text, say

LABELS = {
    "customer_id": _("Customer"),
    "owner": _("Owner"),
    "lost_on": _("Lost on"),
    "aum_lost": _("Balances lost, ¥"),
    "chance": _("Chance to return in 90 days"),
    "expected": _("Balances × chance, ¥"),
    "reason": _("Why they left"),
    "strategy": _("Strategy"),
    "how": _("How to ask"),
    "days_away": _("Days away"),
    "contacted_on": _("Asked back on"),
    "last_contact": _("Last contact"),
    "contacts": _("Recent contacts"),
    "capped": _("Contacted enough"),
    "branch_id": _("Branch"),
}
TOO_LONG = _("Away for longer than the list looks back")
_NOBODY = _("Without an owner")


def spoken(rows: pl.DataFrame, language: str = "en") -> pl.DataFrame:
    """Rows of the list with reason, strategy and what it means in words, columns as ``LABELS``."""

    def words(column: str, known: dict[str, str]) -> pl.Expr:
        names = {code: say(label, language) for code, label in known.items()}
        return pl.col(column).replace_strict(names, default=pl.col(column), return_dtype=pl.String)

    told = [words("reason", dict(REASON_LABELS)), words("strategy", dict(STRATEGIES))]
    return rows.with_columns(how=words("strategy", dict(WHAT_TO_DO))).with_columns(told).select(*LABELS)


def about(found: ToAsk, language: str = "en") -> list[tuple[str, str]]:
    """What the file says of itself."""
    named = {"n": Count(found.n), "date": found.day.isoformat(), "amount": Money(_total(found.rows)), "days": AHEAD_DAYS}
    sentence = Text(_("{n} lost customers who may be asked back, as of {date}; balances × chance {amount}, within {days} days"), **named)
    lines = [(say(_("Win-back list"), language), say(sentence, language))]
    return lines + [(say(words, language), f"{found.left_out[why]:,}") for why, words in left_out_words().items()]


def left_out_words() -> dict[str, str]:
    """Why a lost customer is not on the list."""
    return {why: words for why, words in LEFT_OUT.items() if why != "too_recent"} | {"too_long": TOO_LONG}


def _total(rows: pl.DataFrame) -> float | None:
    return float(rows["expected"].sum()) if rows["expected"].is_not_null().any() else None


def write(found: ToAsk, out: pathlib.Path, language: str = "en") -> None:
    """The list as a file by its ending: .xlsx, .csv or .parquet. ``BadInput`` for another ending or a place that cannot be written to."""
    ending, labels = out.suffix.lower(), {c: say(words, language) for c, words in LABELS.items()}
    if ending not in (".xlsx", ".csv", ".parquet"):
        raise BadInput(_("A win-back list can be written as .xlsx, .csv or .parquet; {name} is none of them."), name=out.name)
    rows = spoken(found.rows, language)
    try:
        if ending == ".xlsx":
            out.write_bytes(workbook(found, language))
        elif ending == ".csv":
            out.write_bytes(files.csv(rows, labels))
        else:
            rows.write_parquet(out)
    except OSError as problem:
        raise BadInput(_("{path} cannot be written to; choose another place."), path=out) from problem


def workbook(found: ToAsk, language: str = "en") -> bytes:
    """The list as xlsx: a sheet an owner, and what it is."""
    labels = {c: say(words, language) for c, words in LABELS.items()}
    parts = spoken(found.rows, language).group_by("owner", maintain_order=True)
    sheets = [files.Sheet(say(_NOBODY, language) if owner is None else str(owner), part, labels, ("chance",)) for (owner,), part in parts]
    if not sheets:
        sheets = [files.Sheet(say(_("Win-back list"), language), spoken(found.rows, language), labels, ("chance",))]
    return files.book(sheets, about(found, language), say(_("About"), language))
