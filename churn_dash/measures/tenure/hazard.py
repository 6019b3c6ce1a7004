"""At what pace customers leave by how long they have been there. Source: METHODS B1 (person-time), A1 1.1(3)."""

import itertools
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import polars as pl

from churn_dash.measures.metrics import MEAN_MONTH_DAYS
from churn_dash.measures.question import Question
from churn_dash.measures.statistics.intervals import garwood
from churn_dash.measures.tenure.lifetimes import Lifetimes, unknown_starts, watched_spells

BANDS = (0, 3, 6, 12, 24, 36, 60, 120)
"""Months of age at which the bands begin; the last has no end."""


@dataclass(frozen=True)
class Pace:
    """Departures a customer-month of those who had been there ``start`` to ``end`` months (None: without end), with its exact range."""

    start: int
    end: int | None
    events: int
    exposure: float
    """Customer-months."""
    pace: float | None
    low: float | None
    high: float | None

    def as_json(self) -> dict[str, Any]:
        """The band with what it rests on."""
        return {"from_month": self.start, "to_month": self.end, **{k: v for k, v in asdict(self).items() if k not in ("start", "end")}}


def paces(lives: Lifetimes) -> tuple[Pace, ...]:
    """Departures a customer-month by age; bands in which nobody was watched are left out. Intervals: Garwood.

    The departures and the exposure of all bands add up to those of ``hazard`` over the same months.
    """
    at_risk, departed = lives.at_risk, lives.departed
    found = []
    for start, end in itertools.zip_longest(BANDS, BANDS[1:]):
        days = slice(_day(start), None if end is None else _day(end))
        events, exposure = int(departed[days].sum()), float(np.sum(at_risk[days])) / MEAN_MONTH_DAYS
        if exposure:
            ends = garwood(events, exposure)
            found.append(Pace(start, end, events, exposure, events / exposure, ends.low if ends else None, ends.high if ends else None))
    return tuple(found)


def band_name(start: int, end: int | None) -> str:
    """A band of age as the command line and addresses write it.

    >>> band_name(3, 6), band_name(120, None)
    ('3-6', '120-')
    """
    return f"{start}-{'' if end is None else end}"


def departed(question: Question) -> pl.DataFrame:
    """The departures that ``paces`` counts, a row each: customer_id, band (``band_name`` of the age at which they left)."""
    whole = question.months
    rows = watched_spells(question, None)
    unknown = pl.col("c").is_in(unknown_starts(question.ds).implode()) & (pl.col("spell") == 1)
    gone = rows.filter(pl.col("left") & (pl.col("end_date") <= whole.last_day) & ~unknown)
    age = (pl.col("end_date") - pl.col("start_date")).dt.total_days()
    band = pl.lit(band_name(BANDS[-1], None))
    for start, end in reversed(list(itertools.pairwise(BANDS))):
        band = pl.when(age < _day(end)).then(pl.lit(band_name(start, end))).otherwise(band)
    return gone.select("customer_id", band.alias("band"))


def _day(month: int) -> int:
    """The first day of age that belongs to the month after so many."""
    return int(np.ceil(month * MEAN_MONTH_DAYS))
