"""By what churn can be broken down: the closed list of dimensions, bands of numbers included."""

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from churn_dash.contract import TABLES
from churn_dash.contract.attributes import Attribute
from churn_dash.contract.lifecycle import STAGES
from churn_dash.contract.tiers import FLOORS
from churn_dash.marks import _
from churn_dash.store.derive.activity import Floats

MOST_LEVELS = 60
"""A text with more distinct values is a name or an id, not a dimension."""
JOIN_YEARS = 6
"""The last so many years of joining stand each for itself, those before them together: as many levels as one picture holds."""
MOST_KNOWN_LEVELS = 600
"""The same for a column of the contract, such as the branch: its meaning is known."""
CUBE_CELLS = 2_400
"""The cube crosses dimensions, in their order, up to this many cells."""

LABELS = {
    "tier": _("Tier"),
    "tier_stated": _("Tier in the extract"),
    "branch_id": _("Branch"),
    "age_band": _("Age"),
    "tenure_band": _("Years with the bank"),
    "join_year": _("Year of joining"),
    "customer_type": _("Customer type"),
    "city": _("City"),
    "gender": _("Gender"),
    "education": _("Education"),
    "occupation": _("Occupation"),
    "risk_appetite": _("Risk appetite"),
    "rm_id": _("Relationship manager"),
    "income_band": _("Income a month"),
    "product_band": _("Products held"),
    "aum_band": _("Balances"),
    "lifecycle": _("Lifecycle stage"),
    "special_need": _("Special care"),
    "consent_marketing": _("Marketing consent"),
}

BANDS: dict[str, tuple[tuple[float, ...], tuple[str, ...]]] = {
    "age_band": ((25, 35, 45, 55, 65), ("<25", "25–34", "35–44", "45–54", "55–64", "65+")),
    "income_band": ((5_000, 10_000, 20_000, 50_000), ("<5k", "5k–10k", "10k–20k", "20k–50k", "50k+")),
    "tenure_band": ((12, 36, 60, 120), ("<1", "1–2", "3–4", "5–9", "10+")),
    "aum_band": ((10_000, 50_000, 300_000, 1_000_000), ("<10k", "10k–50k", "50k–300k", "300k–1M", "1M+")),
    "product_band": ((2, 3, 4), ("0–1", "2", "3", "4+")),
}
"""Lower limits of each band after the first, and the bands' names. Age in years, tenure in months, balances and
income a month in CNY."""

_TIERS = {t: i for i, t in enumerate(FLOORS)}
_RANKED = {"tier": _TIERS, "tier_stated": _TIERS, "lifecycle": {s: i for i, s in enumerate(STAGES)}}

STATIC = (
    "branch_id",
    "city",
    "customer_type",
    "gender",
    "education",
    "occupation",
    "risk_appetite",
    "rm_id",
    "special_need",
    "consent_marketing",
)
"""Contract columns of customers that are dimensions as they are."""


@dataclass(frozen=True)
class Dimension:
    """One way to break churn down: its name, the column that holds it, how it is shown, its values in order."""

    name: str
    column: str
    label: str
    values: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    own_words: bool = False
    """The label is the header of the extract, not a word of the catalogue."""


def join_years(days: Floats, last_day: int) -> tuple[npt.NDArray[np.int8], list[str]]:
    """The year in which each customer joined, of days since 1970 (NaN: not known, −1): codes and the levels that they stand for. The years
    go back from that of ``last_day``, the first level is all years before.

    >>> codes, levels = join_years(np.array([17_896.0, 19_800.0, np.nan, 0.0]), 19_843)
    >>> [levels[c] if c >= 0 else None for c in codes]
    ['< 2019', '2024', None, '< 2019']
    """

    def year(day: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        return day.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970

    newest = int(year(np.array([last_day], dtype=np.int64))[0])
    first = newest - JOIN_YEARS + 1
    known = ~np.isnan(days)
    years = year(np.where(known, days, 0.0).astype(np.int64))
    codes = np.where(known, np.clip(years - first + 1, 0, JOIN_YEARS), -1).astype(np.int8)
    return codes, [f"< {first}", *(str(y) for y in range(first, newest + 1))]


def attribute_levels(values: pl.Series, kind: str, most: int = MOST_LEVELS) -> pl.Series | None:
    """An attribute as texts of a dimension: levels as they are, numbers in fifths; None where it cannot be one.

    Whole numbers that are all different count rows or name them: no dimension.
    """
    if kind in ("category", "flag"):
        levels = _flag_texts(values) if values.dtype == pl.Boolean else values.cast(pl.String)
        return levels if 1 <= levels.n_unique() <= most else None
    if kind != "number":
        return None
    numbers = values.cast(pl.Float64)
    if numbers.n_unique() <= 12:
        return numbers.map_elements(lambda x: str(int(x)) if x.is_integer() else repr(x), return_dtype=pl.String)
    if numbers.n_unique() == len(numbers) and bool((numbers == numbers.round()).all()):
        return None
    edges = sorted({float(e) for q in (0.2, 0.4, 0.6, 0.8) if (e := numbers.quantile(q, "nearest")) is not None})
    lowest, highest = numbers.min(), numbers.max()
    if len(edges) < 2 or lowest is None or highest is None:
        return None
    names = [f"< {edges[0]:,.6g}", *(f"{a:,.6g} – {b:,.6g}" for a, b in itertools.pairwise(edges)), f"≥ {edges[-1]:,.6g}"]
    expression: Any = pl.when(pl.col("v").is_null()).then(None)
    for edge, text in zip(edges, names, strict=False):
        expression = expression.when(pl.col("v") < edge).then(pl.lit(text))
    return numbers.to_frame("v").select(expression.otherwise(pl.lit(names[-1])))["literal"]


def _flag_texts(values: pl.Series) -> pl.Series:
    return values.to_frame("v").select(
        pl.when(pl.col("v").is_null()).then(None).when(pl.col("v")).then(pl.lit("yes")).otherwise(pl.lit("no"))
    )["literal"]


def ordered(name: str, values: pl.Series) -> tuple[str, ...]:
    """The levels of a dimension in the order to show them: bands and fifths by size, tiers by rank, texts by name."""
    found = [str(v) for v in values.drop_nulls().unique().to_list()]
    if name in BANDS:
        return tuple(v for v in BANDS[name][1] if v in found)
    if name in _RANKED:
        return tuple(sorted(found, key=lambda v: (_RANKED[name].get(v, 99), v)))
    return tuple(sorted(found, key=_by_size))


def _by_size(text: str) -> tuple[int, float, str]:
    start = text.removeprefix("< ").removeprefix("≥ ").split(" – ")[0].replace(",", "")
    try:
        return (0 if text.startswith("< ") else 1 if not text.startswith("≥ ") else 2, float(start), text)
    except ValueError:
        return (3, 0.0, text)


def dimension(name: str, column: str, values: pl.Series, attribute: Attribute | None = None, label: str | None = None) -> Dimension:
    """The declaration of one dimension, with the levels found; ``label`` where it is another than that of the name."""
    if attribute is not None:
        return Dimension(name, column, attribute.label, ordered(name, values), (attribute.column,), own_words=True)
    aliases = next((t.aliases(name)[1:] for t in TABLES.values() if name in t.columns), ())
    return Dimension(name, column, label or LABELS.get(name, name), ordered(name, values), tuple(aliases))
