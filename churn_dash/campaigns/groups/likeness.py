"""Can members who were chosen be compared with others like them? Source: METHODS C5, C10."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from churn_dash.campaigns.estimators import propensity as p
from churn_dash.campaigns.estimators.effects import FEWEST
from churn_dash.campaigns.estimators.matching import paired, pairs
from churn_dash.campaigns.estimators.sensitivity import e_value, e_value_of_range, ratio_of, rosenbaum_bound
from churn_dash.words import Count, Number, Ratio, Text, _

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

RULE = 0.995
"""One characteristic that tells the choice this well is a rule with a cut."""
ALIKE = 0.1
MOST_LEVELS = 20


@dataclass(frozen=True)
class Covariates:
    """What was known of the members before, as numbers: a column each with its words."""

    columns: tuple[str, ...]
    labels: tuple[str | Text, ...]
    values: Floats


@dataclass(frozen=True)
class Gap:
    """How far the groups lie apart in one characteristic, in standard deviations: as they are, weighted, and in pairs."""

    column: str
    label: str | Text
    plain: float
    weighted: float
    matched: float | None


@dataclass(frozen=True)
class Adjusted:
    """One group made comparable: the mean effect by each way, and all that speaks for and against it."""

    n: int
    overlap: p.Overlap
    headline: p.Estimate
    base: float
    weighted: p.Estimate
    chosen: p.Estimate
    matched: p.Estimate | None
    pairs: int
    alone: int
    trimmed: p.Estimate | None
    trimmed_n: int
    gaps: tuple[Gap, ...]
    e_value: float | None
    e_value_limit: float | None
    bound: float | None
    placebo: p.Estimate | None = None

    @property
    def apart(self) -> tuple[Gap, ...]:
        """Characteristics still apart after weighting."""
        return tuple(g for g in self.gaps if abs(g.weighted) > ALIKE)

    def as_json(self) -> dict[str, object]:
        """The figures as the CLI prints them."""
        return {
            "n": self.n,
            "auc": self.overlap.auc,
            "outside": self.overlap.outside,
            "effective": {"treated": self.overlap.effective[0], "control": self.overlap.effective[1]},
            "aipw": _json(self.headline),
            "ipw_ate": _json(self.weighted),
            "ipw_att": _json(self.chosen),
            "matched_att": _json(self.matched) | {"pairs": self.pairs, "alone": self.alone},
            "trimmed": _json(self.trimmed) | {"n": self.trimmed_n},
            "balance": [{"covariate": g.column, "smd": g.plain, "smd_weighted": g.weighted, "smd_matched": g.matched} for g in self.gaps],
            "e_value": self.e_value,
            "e_value_limit": self.e_value_limit,
            "rosenbaum_gamma": self.bound if self.bound is None or np.isfinite(self.bound) else None,
            "placebo": _json(self.placebo) if self.placebo else None,
        }


def _json(found: p.Estimate | None) -> dict[str, object]:
    if found is None:
        return {"value": None, "low": None, "high": None, "p_value": None}
    return {"value": found.value, "low": found.low, "high": found.high, "p_value": found.p_value}


def covariates(rows: pl.DataFrame, known: Mapping[str, str]) -> Covariates:
    """Numbers as they are, or their logarithm where a few are very large; words as yes or no each; missing as the mean and a mark.

    ``known`` holds the words for each column of ``rows``.
    """
    found = [one for name, label in known.items() for one in _numbers(name, label, rows[name])]
    varied = [one for one in found if one[2].std() > 0]
    matrix = np.column_stack([v for _n, _l, v in varied]) if varied else np.empty((len(rows), 0))
    return Covariates(tuple(n for n, _l, _v in varied), tuple(label for _n, label, _v in varied), matrix)


def _numbers(name: str, label: str, column: pl.Series) -> list[tuple[str, str | Text, Floats]]:
    if column.dtype == pl.Boolean:
        column = column.cast(pl.Int8)
    if not column.dtype.is_numeric():
        return _levels(name, label, column.cast(pl.String))
    values = column.cast(pl.Float64).fill_nan(None)
    known = values.drop_nulls()
    if known.is_empty():
        return []
    skew = known.skew()
    if skew is not None and abs(skew) > 2:
        values = values.abs().log1p() * values.sign()
    missing = values.is_null()
    found: list[tuple[str, str | Text, Floats]] = [(name, label, values.fill_null(values.mean()).to_numpy())]
    if missing.any():
        found.append((f"{name} missing", Text(_("{what} not known"), what=label), missing.cast(pl.Float64).to_numpy()))
    return found


def _levels(name: str, label: str, text: pl.Series) -> list[tuple[str, str | Text, Floats]]:
    """A column for each of the commonest words but the first; the rest stand together with it."""
    counted = text.drop_nulls().value_counts(name="n").sort(["n", text.name], descending=[True, False])
    levels = counted[text.name].to_list()[:MOST_LEVELS]
    chosen = levels[1:] or levels
    return [
        (
            f"{name} {level}",
            Text(_("{what}: {level}"), what=label, level=level),
            (text == level).fill_null(False).cast(pl.Float64).to_numpy(),
        )
        for level in chosen
    ]


def adjusted(
    y: Floats, chosen: Flags, known: Covariates, placebo: Floats | None = None, told: Callable[[float], None] | None = None
) -> Adjusted | Text:
    """The group made comparable; where it cannot be, why not and what would help, in a sentence."""
    n1, n0 = int(chosen.sum()), int((~chosen).sum())
    if known.values.shape[1] == 0:
        return Text(_("What is known of the members does not vary, so they cannot be made comparable by it."))
    if min(n1, n0) < p.FEWEST_EFFECTIVE:
        return Text(_("One group has only {n} members; {least} are needed."), n=Count(min(n1, n0)), least=int(p.FEWEST_EFFECTIVE))
    scarce = _scarce(y, chosen)
    if scarce is not None:
        return scarce
    which, telling = p.most_telling(known.values, chosen)
    if telling >= RULE:
        return Text(_RULED, what=known.labels[which])
    fitted = p.fit(y, chosen, known.values, told=told)
    shared = p.overlap(chosen, fitted.chance)
    refused = _refusal(shared)
    if refused is not None:
        return refused
    headline, base = p.aipw(y, chosen, fitted), p.base_mean(y, chosen, fitted)
    found = pairs(chosen, fitted.chance)
    both = np.concatenate([found.chosen, found.partner])
    plain = p.gaps(known.values, chosen)
    after = p.gaps(known.values, chosen, p.inverse_weights(chosen, fitted.chance))
    in_pairs = p.gaps(known.values[both], chosen[both]) if len(found) > 1 else None
    sd = None if np.isin(y, (0.0, 1.0)).all() else float(y.std(ddof=1))
    point, ends = ratio_of(headline.value, base, sd), [ratio_of(v, base, sd) for v in (headline.low, headline.high)]
    kept = p.inside(fitted.chance)
    trimmed = _trimmed(y, chosen, fitted, kept) if not kept.all() else None
    low, high = ends
    return Adjusted(
        n=len(y),
        overlap=shared,
        headline=headline,
        base=base,
        weighted=p.weighted(y, chosen, fitted.chance),
        chosen=p.weighted_on_chosen(y, chosen, fitted.chance),
        matched=paired(y, found),
        pairs=len(found),
        alone=found.alone,
        trimmed=trimmed,
        trimmed_n=int((~kept).sum()),
        gaps=tuple(
            Gap(c, label, float(a), float(b), None if in_pairs is None else float(in_pairs[i]))
            for i, (c, label, a, b) in enumerate(zip(known.columns, known.labels, plain, after, strict=True))
        ),
        e_value=e_value(point) if point is not None else None,
        e_value_limit=e_value_of_range(low, high) if low is not None and high is not None else None,
        bound=rosenbaum_bound(y[found.chosen] - y[found.partner]),
        placebo=_placebo(placebo, chosen, known),
    )


def _scarce(y: Floats, chosen: Flags) -> Text | None:
    """Why outcomes that hardly vary cannot be adjusted."""
    if np.isin(y, (0.0, 1.0)).all():
        fewest = int(min(min(y[side].sum(), (1 - y[side]).sum()) for side in (chosen, ~chosen)))
        if fewest < FEWEST:
            return Text(_("One group has only {n} cases; {least} are needed to adjust."), n=Count(fewest), least=FEWEST)
    elif y.std() == 0:
        return Text(_("The outcome is the same for everybody, so nothing can be told from it."))
    return None


def _refusal(shared: p.Overlap) -> Text | None:
    if shared.auc > p.MOST_TELLING:
        return Text(
            _(
                "What is known tells almost surely who was chosen (AUC {auc}), so there are hardly any others like them. "
                "Leave some of such customers without it next time, at random."
            ),
            auc=Number(shared.auc),
        )
    if shared.outside > p.MOST_OUTSIDE:
        return Text(
            _("{share} of the members have nobody like them in the other group, so they cannot be compared; {most} is the most."),
            share=Ratio(shared.outside),
            most=Ratio(p.MOST_OUTSIDE),
        )
    if min(shared.effective) < p.FEWEST_EFFECTIVE:
        return Text(
            _("Weighted to be alike, one group says as much as {n} members; {least} are needed."),
            n=Count(int(min(shared.effective))),
            least=int(p.FEWEST_EFFECTIVE),
        )
    return None


def _trimmed(y: Floats, chosen: Flags, fitted: p.Fitted, kept: Flags) -> p.Estimate:
    return p.aipw(y[kept], chosen[kept], p.Fitted(fitted.chance[kept], fitted.treated[kept], fitted.base[kept]))


def _placebo(placebo: Floats | None, chosen: Flags, known: Covariates) -> p.Estimate | None:
    """The "effect" on something that had happened already; members without it are left out."""
    if placebo is None:
        return None
    own = np.isfinite(placebo)
    if min(int(chosen[own].sum()), int((~chosen[own]).sum())) < p.FEWEST_EFFECTIVE or placebo[own].std() == 0:
        return None
    return p.aipw(placebo[own], chosen[own], p.fit(placebo[own], chosen[own], known.values[own]))


_RULED = _(
    "{what} alone tells who was chosen: a rule with a cut decided it, and beyond the cut there is nobody like them. "
    "Compare customers just above the cut with those just below it, or hold some out at random."
)
