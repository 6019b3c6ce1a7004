"""A comparison as its groups were drawn (strata, clusters), and the same reckoned other ways beside it. Source: METHODS B5, C2, C6."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from churn_dash.campaigns.estimators.bootstrap import bootstrap
from churn_dash.campaigns.estimators.effects import Beside, Effect
from churn_dash.campaigns.estimators.rates import katz, miettinen_nurminen
from churn_dash.campaigns.estimators.regression import Fit, enough_clusters, fitted, reached_effect
from churn_dash.campaigns.groups.beforehand import BEFORE
from churn_dash.words import Count, Ratio, Text, _

Floats = NDArray[np.float64]


def refined(effect: Effect, data: pl.DataFrame, *, random: bool = True) -> Effect:
    """The effect by strata and clusters where ``data`` has columns ``stratum`` or ``cluster``, with the other ways beside it.

    ``data`` holds ``arm`` and ``y``, and where they are known ``reached`` (0 or 1) and columns ``before_…``; these two are read
    only where the groups are ``random``.
    """
    if effect.difference is None:
        return effect
    plain = effect
    own = data.filter(pl.col("arm").is_in([effect.arm, effect.control]) & pl.col("y").is_not_null())
    own = _shared_strata(own, effect)
    if own["arm"].n_unique() < 2:
        return effect
    y = own["y"].cast(pl.Float64).to_numpy()
    treated = (own["arm"] == effect.arm).to_numpy()
    clusters = own["cluster"].rank("dense").cast(pl.Int64).to_numpy() - 1 if "cluster" in own.columns else None
    strata = _dummies(own) if "stratum" in own.columns else None
    if clusters is not None and not enough_clusters(treated, clusters):
        return replace(effect, low=None, high=None, p_value=None, too_few=True, few_clusters=True, smallest=None, way="clusters")
    if clusters is not None or strata is not None:
        effect = _drawn(effect, fitted(y, treated, strata, clusters), strata is not None, clusters is not None)
    found = _beside(plain, effect, y, treated, clusters)
    if random:
        found += [b for b in (_adjusted(own, y, treated, strata, clusters), _reached(own, y, treated, strata, clusters)) if b is not None]
    return replace(effect, beside=tuple(found))


def _shared_strata(own: pl.DataFrame, effect: Effect) -> pl.DataFrame:
    if "stratum" not in own.columns:
        return own
    both = own.group_by("stratum").agg(*((pl.col("arm") == a).sum().alias(a) for a in (effect.arm, effect.control)))
    kept = both.filter((pl.col(effect.arm) >= 2) & (pl.col(effect.control) >= 2))
    return own.join(kept.select("stratum"), on="stratum", how="semi", nulls_equal=True, maintain_order="left")


def left_out_of_strata(data: pl.DataFrame, arms: Sequence[str], control: str) -> int:
    """Members with an outcome in strata that hold fewer than two members of a group, who are in no effect by strata."""
    if "stratum" not in data.columns:
        return 0
    known = data.filter(pl.col("y").is_not_null())
    both = known.group_by("stratum").agg(*((pl.col("arm") == a).sum().alias(a) for a in (*arms, control)), pl.len().alias("all"))
    return int(both.filter(pl.min_horizontal(*arms, control) < 2)["all"].sum())


def _dummies(own: pl.DataFrame) -> Floats | None:
    codes = own["stratum"].rank("dense").cast(pl.Int64).to_numpy() - 1
    return np.eye(int(codes.max()) + 1)[codes][:, 1:] if len(codes) and codes.max() > 0 else None


def _drawn(effect: Effect, fit: Fit | None, by_strata: bool, by_clusters: bool) -> Effect:
    way = "+".join(w for w, on in (("strata", by_strata), ("clusters", by_clusters)) if on)
    if fit is None:
        return replace(effect, low=None, high=None, p_value=None, too_few=True, way=way)
    return replace(
        effect,
        treated=replace(effect.treated, mean=fit.treated, counted=effect.treated.cases),
        base=replace(effect.base, mean=fit.base, counted=effect.base.cases),
        difference=fit.difference,
        relative=fit.difference / fit.base if fit.base else None,
        low=fit.low,
        high=fit.high,
        p_value=fit.p_value,
        way=way,
    )


def _beside(plain: Effect, effect: Effect, y: Floats, treated: NDArray[np.bool_], clusters: NDArray[np.int64] | None) -> list[Beside]:
    found = []
    if effect.way != plain.way and plain.difference is not None:
        found.append(Beside("plain", _("Without strata and clusters"), plain.difference, plain.low, plain.high, plain.p_value))
    k1, n1, k0, n0 = plain.treated.cases, plain.treated.known, plain.base.cases, plain.base.known
    if effect.outcome.counts:
        score, ratio = miettinen_nurminen(k1, n1, k0, n0), katz(k1, n1, k0, n0)
        if score is not None and clusters is None and plain.difference is not None:
            found.append(
                Beside("miettinen_nurminen", _("Miettinen–Nurminen's interval"), plain.difference, score.low, score.high, plain.p_value)
            )
        if ratio is not None and clusters is None:
            found.append(Beside("risk_ratio", _("Ratio of the rates"), (k1 / n1) / (k0 / n0), ratio.low, ratio.high, unit="times"))
    elif clusters is None and not effect.outcome.sums:
        drawn = bootstrap(y[treated], y[~treated])
        if drawn is not None and plain.difference is not None:
            found.append(Beside("bootstrap", _("Interval by resampling"), plain.difference, drawn.low, drawn.high))
    return found


def _adjusted(
    own: pl.DataFrame, y: Floats, treated: NDArray[np.bool_], strata: Floats | None, clusters: NDArray[np.int64] | None
) -> Beside | None:
    names = [c for c in own.columns if c.startswith(BEFORE)]
    if not names:
        return None
    columns = [own[c].cast(pl.Float64).fill_nan(None) for c in names]
    varied = [(c, c.mean(), c.std()) for c in columns]
    kept = [(c.fill_null(m) - m) / sd for c, m, sd in varied if isinstance(m, int | float) and isinstance(sd, int | float) and sd > 0]
    if not kept:
        return None
    scaled = np.column_stack([c.to_numpy() for c in kept])
    fit = fitted(y, treated, scaled if strata is None else np.column_stack([scaled, strata]), clusters)
    without = fitted(y, treated, strata, clusters)
    if fit is None or without is None:
        return None
    narrower = 1 - (fit.error / without.error) ** 2
    note = Text(_("What was known before explains {share} of the variance of the difference."), share=Ratio(max(0.0, narrower)))
    return Beside("adjusted", _("Adjusted for what was known before"), fit.difference, fit.low, fit.high, fit.p_value, note)


def _reached(
    own: pl.DataFrame, y: Floats, treated: NDArray[np.bool_], strata: Floats | None, clusters: NDArray[np.int64] | None
) -> Beside | None:
    if "reached" not in own.columns:
        return None
    reached = own["reached"].cast(pl.Float64).to_numpy()
    if np.isnan(reached).any() or reached[treated].mean() - reached[~treated].mean() >= 1:
        return None
    found = reached_effect(y, treated, reached, strata, clusters)
    if found is None:
        return None
    note = Text(
        _("{share} of {n} members were reached; this holds if the offer does nothing for the others."),
        share=Ratio(float(reached[treated].mean())),
        n=Count(int(treated.sum())),
    )
    return Beside("reached", _("Among those who were reached"), found.difference, found.low, found.high, note=note)
