"""Does churn follow the seasons? STL from 24 months on, below that each month beside the year before. Source: METHODS B0.

STL splits a series into trend, season and remainder. The season here is the same every year (a periodic STL): with two or three
years nothing else can be told. Whether it is more than chance is asked by shuffling the months.
"""

import datetime
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import stats

from churn_dash.contract.bank_calendar import BANDS, in_band
from churn_dash.contract.calendar import ordinal, shifted
from churn_dash.errors import NotPossible
from churn_dash.marks import _
from churn_dash.measures.filters import Period
from churn_dash.measures.movement.product_churn import product_churn
from churn_dash.measures.movement.product_measures import PRODUCT_MEASURES
from churn_dash.measures.query import asked_spans, measure, metric
from churn_dash.measures.question import Question
from churn_dash.words import Text

FEWEST = 24
CLEAR = 0.05
"""Below this share of shufflings as seasonal as the data, the season is called clear."""
_SHUFFLES = 1_999
_YEAR = 12
_BRIDGED = 2
"""Unknown months in a row at most that a season is told across."""
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Season:
    """What a year looks like. Values are in the unit of the measure; effects are differences from the trend.

    ``rows``: month, value, trend, seasonal, remainder (null without STL), year_before, difference, bridged (a month that
    did not come whole, on a straight line between its neighbours), one a settled month, ascending.
    ``months``: month (1–12), effect, low, high (95 %), n; empty without STL. ``bands``: band of the calendar, effect against the
    other months after the trend, low, high, n. ``strength``: share of what the trend leaves that the season explains (0–1).
    ``p_value``: share of shufflings at least as seasonal. ``left_out``: last months that may still change.
    """

    measure: str
    rows: pl.DataFrame
    months: pl.DataFrame
    bands: pl.DataFrame
    strength: float | None
    p_value: float | None
    left_out: int
    sentence: Text

    @property
    def by_stl(self) -> bool:
        return self.strength is not None

    @property
    def clear(self) -> bool:
        return self.p_value is not None and self.p_value < CLEAR


def seasonality(question: Question, name: str = "churn_rate") -> Season:
    """The season of a measure over every settled month up to the period's end; its start does not cut the history.

    Raises ``NotPossible`` without months, or where the measure is undefined in all of them; ``NotFound`` for an unknown measure.
    """
    ds, chosen = question.ds, question.chosen
    if ds.shape != "panel" or not ds.measurable:
        asked_spans(ds, None)
    last = question.period.end if question.period is not None else ds.measurable[-1]
    months = [m for m in ds.measurable if m <= last]
    unsettled = 0
    if name in PRODUCT_MEASURES:
        rows = product_churn(question.over(Period(months[0], months[-1])), [name], ["month"]) if months else pl.DataFrame()
    else:
        metric(name)
        held = set(ds.measurable[len(ds.measurable) - ds.rules[chosen].unsettled_months :])
        unsettled = sum(1 for m in months if m in held)
        months = months[: len(months) - unsettled]
        rows = measure(question.over(Period(months[0], months[-1])), [name], ["month"]) if months else pl.DataFrame()
    known = dict(rows.select("month", name).drop_nulls().iter_rows()) if len(rows) else {}
    series, bridged = _unbroken(known)
    if not series:
        raise NotPossible(_("{name} is known in no settled month; a season needs at least two years of them."), name=name)
    return decomposed(name, series, unsettled, bridged)


def _unbroken(known: dict[datetime.date, float]) -> tuple[list[tuple[datetime.date, float]], frozenset[datetime.date]]:
    """The last run of months, ascending, and those of them that are unknown: one or two in a row are bridged by a straight line."""
    found: list[tuple[datetime.date, float]] = []
    bridged = []
    for month in sorted(known, reverse=True):
        value = float(known[month])
        gap = ordinal(found[-1][0]) - ordinal(month) - 1 if found else 0
        if gap > _BRIDGED:
            break
        after = found[-1][1] if found else value
        for i in range(gap, 0, -1):
            bridged.append(shifted(month, i))
            found.append((bridged[-1], value + (after - value) * i / (gap + 1)))
        found.append((month, value))
    return found[::-1], frozenset(bridged)


def decomposed(
    name: str, series: list[tuple[datetime.date, float]], left_out: int = 0, bridged: frozenset[datetime.date] = frozenset()
) -> Season:
    """The season of a series of months without gaps; ``bridged`` ones are not known, and count for no calendar month."""
    months, values = [m for m, _v in series], np.array([v for _m, v in series])
    past = dict(series)
    before = [past.get(shifted(m, -_YEAR)) for m in months]
    difference = [None if b is None else float(v - b) for v, b in zip(values, before, strict=True)]
    columns = {"month": pl.Date, "value": pl.Float64, "year_before": pl.Float64, "difference": pl.Float64}
    known = np.array([m not in bridged for m in months], dtype=bool)
    rows = pl.DataFrame({"month": months, "value": values, "year_before": before, "difference": difference}, schema=columns)
    rows = rows.with_columns(pl.Series("bridged", ~known))
    if len(series) < FEWEST:
        parts = rows.with_columns(pl.lit(None, dtype=pl.Float64).alias(c) for c in ("trend", "seasonal", "remainder"))
        sentence = Text(
            _("{n} settled months in a row are known; a season shows from {fewest} on. Until then months stand beside the year before."),
            n=int(known.sum()), fewest=FEWEST,
        )  # fmt: skip
        return Season(name, parts, _no_effects("month", pl.Int32), _no_effects("band", pl.String), None, None, left_out, sentence)
    trend, seasonal = _stl(values)
    remainder = values - trend - seasonal
    rows = rows.with_columns(pl.Series("trend", trend), pl.Series("seasonal", seasonal), pl.Series("remainder", remainder))
    detrended = values - trend
    number = np.array([m.month for m in months])
    strength = max(0.0, 1 - float(remainder.var()) / float(detrended.var())) if detrended.var() > 0 else 0.0
    p_value = _by_chance(detrended[known], number[known])
    effects = _effects(detrended[known], number[known])
    sentence = (
        Text(_("The season is clear: chance alone gives as much in {p} of cases"), p=_percent(p_value))
        if p_value < CLEAR
        else Text(_("No clear season: chance alone gives as much in {p} of cases"), p=_percent(p_value))
    )
    return Season(
        name, rows, effects, _band_effects(detrended[known], [m for m in months if m not in bridged]), strength, p_value, left_out, sentence
    )


def _percent(share: float) -> str:
    return f"{100 * share:.1f}%"


def _stl(values: Floats) -> tuple[Floats, Floats]:
    """Trend and season of a periodic, robust STL."""
    from statsmodels.tsa.seasonal import STL

    found = STL(values, period=_YEAR, seasonal=10 * len(values) + 1, seasonal_deg=0, robust=True).fit()
    return np.asarray(found.trend), np.asarray(found.seasonal)


def _by_chance(detrended: Floats, number: npt.NDArray[np.int64]) -> float:
    """How often shuffled months differ as much between calendar months as these do; the data themselves count as one shuffling."""
    centred = detrended - detrended.mean()
    inside = (number[:, None] == np.arange(1, _YEAR + 1)).astype(float)
    counts = inside.sum(axis=0)

    def between(values: Floats) -> Floats:
        return np.asarray(((values @ inside) ** 2 / np.maximum(counts, 1)).sum(axis=-1))

    rng = np.random.default_rng(20_260_101)
    shuffled = rng.permuted(np.tile(centred, (_SHUFFLES, 1)), axis=1)
    return float((1 + (between(shuffled) >= between(centred[None, :])[0] - 1e-15).sum()) / (1 + _SHUFFLES))


def _effects(detrended: Floats, number: npt.NDArray[np.int64]) -> pl.DataFrame:
    """Each calendar month against the trend, with the spread within calendar months."""
    months = sorted(set(number.tolist()))
    means = {m: float(detrended[number == m].mean()) for m in months}
    left = detrended - np.array([means[m] for m in number.tolist()])
    degrees = len(detrended) - len(months)
    spread = float(np.sqrt((left**2).sum() / degrees)) if degrees > 0 else 0.0
    reach = float(stats.t.ppf(0.975, degrees)) * spread if degrees > 0 else float("nan")
    out = []
    for m in months:
        n = int((number == m).sum())
        half = reach / np.sqrt(n)
        out.append((m, means[m], means[m] - half, means[m] + half, n))
    return pl.DataFrame(out, schema=_effect_schema("month", pl.Int32), orient="row")


def _band_effects(detrended: Floats, months: list[datetime.date]) -> pl.DataFrame:
    """Each band of the calendar against the other months, after the trend (pooled t)."""
    out = []
    for band in BANDS:
        inside = np.array([in_band(m, band) for m in months])
        a, b = detrended[inside], detrended[~inside]
        if len(a) < 2 or len(b) < 2:
            continue
        pooled = (((a - a.mean()) ** 2).sum() + ((b - b.mean()) ** 2).sum()) / (len(a) + len(b) - 2)
        half = float(stats.t.ppf(0.975, len(a) + len(b) - 2)) * float(np.sqrt(pooled * (1 / len(a) + 1 / len(b))))
        effect = float(a.mean() - b.mean())
        out.append((band, effect, effect - half, effect + half, len(a)))
    return pl.DataFrame(out, schema=_effect_schema("band", pl.String), orient="row")


def _effect_schema(key: str, kind: type[pl.DataType]) -> dict[str, type[pl.DataType]]:
    return {key: kind, "effect": pl.Float64, "low": pl.Float64, "high": pl.Float64, "n": pl.Int32}


def _no_effects(key: str, kind: type[pl.DataType]) -> pl.DataFrame:
    return pl.DataFrame(schema=_effect_schema(key, kind))
