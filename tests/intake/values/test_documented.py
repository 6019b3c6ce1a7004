"""docs/VALUES.md says what happens: every row of its tables."""

import pathlib
import re

import polars as pl
import pytest

from churn_dash.intake.values.amounts import numbers
from churn_dash.intake.values.dates import dated, open_ended
from churn_dash.intake.values.flags import flags
from churn_dash.intake.values.units import unit_of

TEXT = (pathlib.Path(__file__).resolve().parents[3] / "docs/VALUES.md").read_text()


def rows(title):
    section = TEXT.split(f"\n## {title}\n")[1].split("\n## ")[0]
    lines = re.findall(r"^\| (`.*) \| (.*) \|$", section, re.M)
    return [(cell, right) for left, right in lines for cell in re.findall(r"`([^`]+)`", left)]


@pytest.mark.parametrize(("cell", "number"), rows("Numbers"))
def test_numbers(cell, number):
    found, bad = numbers(pl.Series([cell, "1"]))
    assert (bad is not None) == number.startswith("none")
    assert found[0] == (pytest.approx(float(number)) if number[-1].isdigit() else None)


@pytest.mark.parametrize(("cell", "day"), rows("Dates"))
def test_dates(cell, day):
    found = dated(pl.Series([cell]))
    assert str(found.days[0]) == (day if day[0].isdigit() else "None")
    assert (found.unsure is not None) == day.startswith("asked")
    assert (found.short_year is not None) == ("two digits" in day)
    assert open_ended(pl.Series([cell]))[0] == day.startswith("missing")


@pytest.mark.parametrize(("yes", "no"), rows("Yes and no"))
def test_yes_and_no(yes, no):
    assert flags(pl.Series([yes, no.strip("`")]))[0].to_list() == [True, False]


@pytest.mark.parametrize(("header", "factor"), rows("Units in headers"))
def test_units(header, factor):
    found = unit_of(header)
    assert (found[1].factor if found else None) == (float(factor) if factor.isdigit() else None)
