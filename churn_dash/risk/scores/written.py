"""Scores as a file."""

import json
import pathlib

import polars as pl

from churn_dash.errors import BadInput
from churn_dash.marks import _
from churn_dash.risk.explained.reasons import in_a_row, reason_of
from churn_dash.risk.kept.registry import Model


def with_sentences(rows: pl.DataFrame, model: Model, language: str = "en") -> pl.DataFrame:
    """The scores with each customer's reasons as one text, a line a reason, instead of JSON."""

    def said(kept: str) -> str:
        return in_a_row((reason_of(r, model.design.features) for r in json.loads(kept)), language)

    return rows.with_columns(pl.Series("reasons", [said(r) for r in rows["reasons"]], dtype=pl.String))


def write_scores(rows: pl.DataFrame, out: pathlib.Path, model: Model | None = None, language: str = "en") -> None:
    """The scores as a file by its ending: .csv (UTF-8 with BOM, formula-safe) or .parquet; with ``model``, reasons as sentences.

    Raises ``BadInput`` for another ending or a place that cannot be written to.
    """
    rows = with_sentences(rows, model, language) if model else rows
    try:
        if out.suffix.lower() == ".parquet":
            rows.write_parquet(out)
        elif out.suffix.lower() == ".csv":
            text = pl.col(pl.String)
            # A spreadsheet would run a cell that begins like a formula. PLATFORM 3.4.
            safe = pl.when(text.str.contains(r"^[=+\-@\t\r\n＝＋－＠]")).then("'" + text).otherwise(text).name.keep()
            rows.with_columns(safe).write_csv(out, include_bom=True)
        else:
            raise BadInput(_("Scores can be written as .csv or .parquet; {name} is neither."), name=out.name)
    except OSError as problem:
        raise BadInput(_("{path} cannot be written to; choose another place."), path=out) from problem
