"""The effect in each segment, and whether the segments differ at all. Source: METHODS C7, C8.

That one segment shows an effect and another does not is no difference between them: the test is of the effects against one another.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl
from scipy import special

from churn_dash.campaigns.estimators.effects import Effect, Outcome, effect
from churn_dash.campaigns.judged.spread import group
from churn_dash.measures.statistics.estimates import benjamini_hochberg, holm
from churn_dash.measures.statistics.intervals import welch_error

MOST_PARTS = 12
"""A characteristic with more values is cut into quarters where it is a number, else only its commonest values are looked at."""
OTHERS = "…"


@dataclass(frozen=True)
class Part:
    """One segment. ``differs``: chance that its effect is as far from the rest's by chance; ``holm``, ``bh``: allowed for all segments.

    ``harm``: chance that an effect as bad arises by chance, one-sided and by Holm over all segments; None where the effect is not bad.
    """

    value: str
    effect: Effect
    differs: float | None = None
    holm: float | None = None
    bh: float | None = None
    harm: float | None = None

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        e = self.effect
        return {
            "value": self.value,
            "n_treated": e.treated.known,
            "n_control": e.base.known,
            "treated": e.treated.mean,
            "control": e.base.mean,
            "difference": e.difference,
            "low": e.low,
            "high": e.high,
            "too_few": e.too_few,
            "differs_p": self.differs,
            "holm": self.holm,
            "bh": self.bh,
            "harm_p": self.harm,
        }


@dataclass(frozen=True)
class Segmentation:
    """The segments of one characteristic; ``interaction``: chance of effects that differ as much where they are all the same."""

    name: str
    parts: tuple[Part, ...]
    interaction: float | None
    interaction_holm: float | None = None

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "segment": self.name,
            "interaction_p": self.interaction,
            "interaction_holm": self.interaction_holm,
            "parts": [p.as_json() for p in self.parts],
        }


def segmentations(data: pl.DataFrame, outcome: Outcome, arm: str, base: str, names: Sequence[str]) -> tuple[Segmentation, ...]:
    """The effect of ``arm`` against ``base`` by each of the columns ``names``; Holm over characteristics, Holm and BH over segments."""
    known = data.filter(pl.col("arm").is_in([arm, base]) & pl.col("y").is_not_null())
    found = [s for name in names if (s := _segmentation(known.with_columns(cut(known[name]).alias("s")), outcome, arm, base, name))]
    over = holm([s.interaction for s in found])
    every = [p for s in found for p in s.parts]
    strict, loose, harms = holm([p.differs for p in every]), benjamini_hochberg([p.differs for p in every]), holm([p.harm for p in every])
    told = [replace(p, holm=h, bh=b, harm=x) for p, h, b, x in zip(every, strict, loose, harms, strict=True)]
    out, at = [], 0
    for s, p in zip(found, over, strict=True):
        out.append(replace(s, parts=tuple(told[at : at + len(s.parts)]), interaction_holm=p))
        at += len(s.parts)
    return tuple(out)


def cut(values: pl.Series) -> pl.Series:
    """A characteristic as text in few values: numbers of many values in quarters, of texts the commonest (by alphabet
    where as common).

    >>> cut(pl.Series(range(40)))[0], cut(pl.Series(["a", "b", None])).to_list()
    ('0–9', ['a', 'b', None])
    """
    if values.n_unique() <= MOST_PARTS:
        return values.cast(pl.String)
    if not values.dtype.is_numeric():
        text = values.cast(pl.String)
        counts = text.drop_nulls().value_counts().sort("count", values.name, descending=[True, False])
        common = counts[values.name][: MOST_PARTS - 1]
        return text.to_frame("v").select(
            pl.when(pl.col("v").is_in(common.implode())).then("v").when(pl.col("v").is_not_null()).then(pl.lit(OTHERS))
        )["v"]
    numbers = values.cast(pl.Float64)
    place = (numbers.rank("min") - 1) * 4 // max(1, len(numbers) - numbers.null_count())
    rows = pl.DataFrame({"v": numbers, "q": place})
    ends = rows.drop_nulls().group_by("q").agg(pl.col("v").min().alias("a"), pl.col("v").max().alias("b")).sort("q")
    names = {q: f"{_written(a)}–{_written(b)}" for q, a, b in ends.iter_rows()}
    return rows["q"].replace_strict(names, default=None, return_dtype=pl.String)


def _written(number: float) -> str:
    return f"{number:,.0f}" if abs(number) >= 100 or number == int(number) else f"{number:.2f}"


def _segmentation(rows: pl.DataFrame, outcome: Outcome, arm: str, base: str, name: str) -> Segmentation | None:
    values = sorted(rows["s"].drop_nulls().unique().to_list())
    parts = []
    for value in values:
        here = compared(rows.filter(pl.col("s") == value), outcome, arm, base)
        if here.difference is None:
            continue
        rest = compared(rows.filter(pl.col("s") != value), outcome, arm, base)
        parts.append(Part(value, here, differs=apart(here, rest), harm=harm(here)))
    return Segmentation(name, tuple(parts), _interaction([p.effect for p in parts])) if len(parts) > 1 else None


def compared(rows: pl.DataFrame, outcome: Outcome, arm: str, base: str) -> Effect:
    """The effect among these rows."""
    groups = [group(a, a, rows.filter(pl.col("arm") == a)["y"]) for a in (arm, base)]
    return effect(outcome, *groups)


def error_of(e: Effect) -> float | None:
    """Standard error of an effect, of groups with their own spreads."""
    found = welch_error(e.treated.sd or 0.0, e.treated.known, e.base.sd or 0.0, e.base.known)
    return None if found is None or e.too_few else found[0]


def apart(one: Effect, other: Effect) -> float | None:
    """Two-sided chance of two effects so far apart; None where one of them rests on too few."""
    first, second = error_of(one), error_of(other)
    if first is None or second is None or one.difference is None or other.difference is None:
        return None
    return float(2 * special.ndtr(-abs(one.difference - other.difference) / math.hypot(first, second)))


def harm(e: Effect) -> float | None:
    """One-sided chance of an effect at least as bad where there is none; None where the effect is not bad."""
    error = error_of(e)
    if error is None or e.gain is None or e.gain >= 0:
        return None
    return float(special.ndtr(e.gain / error))


def _interaction(effects: Sequence[Effect]) -> float | None:
    """Chance of effects so spread around their common value (Cochran's Q); None below two that can be told."""
    known = [(e.difference, s) for e in effects if e.difference is not None and (s := error_of(e)) is not None]
    if len(known) < 2:
        return None
    weights = [1 / s**2 for _d, s in known]
    middle = sum(w * d for w, (d, _s) in zip(weights, known, strict=True)) / sum(weights)
    q = sum(w * (d - middle) ** 2 for w, (d, _s) in zip(weights, known, strict=True))
    return float(special.chdtrc(len(known) - 1, q))
