"""Reasons of rows set aside: one place says them, in every language."""

import polars as pl

from churn_dash.intake.quarantine import CODES, by_reason, code, spoken
from churn_dash.words import Text
from churn_dash.words.catalogue import sentences
from churn_dash.words.stored import written


def test_every_coded_reason_is_a_sentence_of_the_catalogue():
    assert set(CODES) <= set(sentences("zh"))


def test_a_reason_without_a_code_is_other():
    assert code(Text("Something new.")) == "other" and code(Text("The value is below {least}.", least="3")) == "below_least"


def test_a_list_kept_by_an_older_version_is_shown_as_it_is():
    kept = pl.DataFrame({"file": ["a.csv"], "source_row": [2], "reason": ["The value is below 0."]})
    assert spoken(kept, "zh").equals(kept)


def test_reasons_are_counted_by_code_most_first():
    whys = [written(Text("The value is below {least}.", least="0"))] * 2 + [written(Text("The value is not a number."))]
    rows = pl.DataFrame({"code": ["below_least", "below_least", "not_a_number"], "why": whys})
    assert by_reason(rows).rows() == [("below_least", "The value is below 0.", 2), ("not_a_number", "The value is not a number.", 1)]
    assert by_reason(rows, "zh")["reason"][0] == "该值小于 0。"
