"""Models as a banker reads them: a tree as rules, a scorecard as points, a regression as weights. Source: METHODS D4."""

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from churn_dash.marks import _
from churn_dash.measures.statistics.odds import Labels
from churn_dash.risk.features.feature import Feature
from churn_dash.risk.features.spoken import spoken
from churn_dash.risk.models.kind import Fitted
from churn_dash.risk.models.matrix import Design, Matrix
from churn_dash.risk.models.scorecard import FACTOR, points
from churn_dash.words import Text, say
from churn_dash.words.stored import read, written


def readable(model: Fitted, design: Design, matrix: Matrix, y: Labels, stayers: float = 1.0) -> dict[str, Any]:
    """What a person can read of a fitted model; sentences in it are ``Text``.

    rules: of every leaf of a tree, riskiest first, ``when`` (conditions that all hold), ``n`` and ``rate`` of the rows fitted on.
    points: ``base`` and for every bin of every feature that counts ``points`` (more: more likely to stay), ``n`` and ``rate``;
    a customer's points are base + those of his bins, 20 more for odds twice as good, 600 at 50 to 1.
    weights: of every prepared column, log-odds for one standard deviation more, or for belonging to a level.
    """
    ways = {"rules": _rules, "points": _points, "weights": _weights}
    assert model.kind.read_as is not None
    found = {"as": model.kind.read_as, **ways[model.kind.read_as](model, design, matrix, y)}
    if "base" in found:
        # A model that saw few who stayed takes leaving for likelier than it is, by ln β.
        found["base"] -= FACTOR * float(np.log(stayers))
    return found


def said(found: Any, language: str = "en") -> Any:
    """The same with every sentence said in a language."""
    return _every(found, lambda text: say(text, language))


def stored(found: Any) -> Any:
    """The same with every sentence as it is kept on a card."""
    return _every(found, written)


def restored(found: Any) -> Any:
    """What ``stored`` wrote, its sentences ``Text`` again."""
    if isinstance(found, dict):
        return {k: _sentences(v) if k in _SENTENCES else restored(v) for k, v in found.items()}
    return [restored(v) for v in found] if isinstance(found, list) else found


_SENTENCES = ("when", "bin", "column")


def _sentences(found: Any) -> Any:
    return [read(v) for v in found] if isinstance(found, list) else read(found)


def _every(found: Any, change: Any) -> Any:
    if isinstance(found, dict):
        return {k: _every(v, change) for k, v in found.items()}
    if isinstance(found, list | tuple):
        return [_every(v, change) for v in found]
    return change(found) if isinstance(found, Text) else found


def _value(feature: Feature, edge: float) -> Any:
    """An edge on the model's scale as a person writes it."""
    plain = float(np.sign(edge) * np.expm1(abs(edge))) if feature.logged else float(edge)
    return spoken(plain, feature.unit)


def _between(feature: Feature, low: float, high: float) -> Text:
    """A feature in an interval, the upper end inside."""
    name = Text(feature.label)
    if feature.kind == "flag":
        return Text(_("{feature}: {value}"), feature=name, value=Text(_("yes") if low >= 0 else _("no")))
    if np.isinf(low):
        return Text(_("{feature} at most {high}"), feature=name, high=_value(feature, high))
    if np.isinf(high):
        return Text(_("{feature} above {low}"), feature=name, low=_value(feature, low))
    return Text(_("{feature} above {low}, at most {high}"), feature=name, low=_value(feature, low), high=_value(feature, high))


def _among(feature: Feature, levels: list[str]) -> Text:
    """A feature that is one of some levels."""
    return Text(_("{feature}: {value}"), feature=Text(feature.label), value=", ".join(levels))


def _rules(model: Fitted, design: Design, matrix: Matrix, y: Labels) -> dict[str, Any]:
    tree, parents = model.estimator.tree_, model.parents(design)
    leaf = model.estimator.apply(model.prepared(matrix))
    found: list[dict[str, Any]] = []

    def walk(node: int, limits: dict[int, tuple[float, float]]) -> None:
        if tree.children_left[node] < 0:
            here = leaf == node
            when = [_condition(design, int(i), low, high) for i, (low, high) in limits.items()]
            found.append({"when": when, "n": int(here.sum()), "rate": float(y[here].mean()) if here.any() else None})
            return
        column, edge = int(parents[tree.feature[node]]), float(tree.threshold[node])
        low, high = limits.get(column, (-np.inf, np.inf))
        walk(tree.children_left[node], {**limits, column: (low, min(high, edge))})
        walk(tree.children_right[node], {**limits, column: (max(low, edge), high)})

    walk(0, {})
    return {"rules": sorted(found, key=lambda r: -(r["rate"] or 0.0))}


def _condition(design: Design, column: int, low: float, high: float) -> Text:
    feature = design.features[column]
    if feature.kind != "category":
        return _between(feature, low, high)
    levels = [level for i, level in enumerate(design.levels[feature.name]) if low < i <= high]
    return _among(feature, [*levels, *([say(_("not known"))] if low < -1 <= high else [])])


def _points(model: Fitted, design: Design, matrix: Matrix, y: Labels) -> dict[str, Any]:
    bins, weights = model.pipeline[0], model.estimator.coef_[0]
    lines = []
    for i in np.argsort(-np.array([np.ptp(w * b) for w, b in zip(weights, bins.woe_, strict=True)]), kind="stable"):
        if not weights[i]:
            continue
        feature, one = design.features[int(i)], bins.bins(int(i))
        for text, k in _bin_words(feature, design.levels.get(feature.name, ()), one):
            rows = float(one.rows[k])
            lines.append(
                {
                    "feature": feature.name,
                    "bin": text,
                    # A positive weight of evidence speaks for staying, and its coefficient is negative.
                    "points": float(-FACTOR * weights[i] * one.woe[k]),
                    "n": int(rows),
                    "rate": float(one.left[k] / rows) if rows else None,
                }
            )
    return {"base": float(points(-float(model.estimator.intercept_[0]))), "points": lines}


def _bin_words(feature: Feature, levels: tuple[str, ...], one: Any) -> list[tuple[Text, int]]:
    missing = len(one.woe) - 1
    if feature.kind == "category":
        groups: dict[int, list[str]] = {}
        for level, k in zip(levels, one.levels, strict=False):
            groups.setdefault(int(k), []).append(level)
        found = [(_among(feature, names if len(names) < 6 else [*names[:5], "…"]), k) for k, names in sorted(groups.items())]
    else:
        edges = [-np.inf, *one.cuts.tolist(), np.inf]
        found = [(_between(feature, low, high), k) for k, (low, high) in enumerate(itertools.pairwise(edges))]
    if one.rows[missing]:
        found.append((Text(_("{feature}: {value}"), feature=Text(feature.label), value=Text(_("not known"))), missing))
    return found


def _weights(model: Fitted, design: Design, matrix: Matrix, y: Labels) -> dict[str, Any]:
    found = _weighed(model, design)
    return {"intercept": float(model.estimator.intercept_[0]), "weights": sorted(found, key=lambda x: -abs(x["weight"]))}


def _weighed(model: Fitted, design: Design) -> list[dict[str, Any]]:
    parents, weights = model.parents(design), model.estimator.coef_[0]
    names = model.pipeline[0].get_feature_names_out()
    return [
        {"feature": design.features[int(p)].name, "column": _column(design.features[int(p)], str(n), design), "weight": float(w)}
        for p, n, w in zip(parents, names, weights, strict=True)
    ]


def _column(feature: Feature, name: str, design: Design) -> Text:
    if feature.kind != "category":
        return Text(feature.label)
    code = name.rsplit("_", 1)[-1]
    levels = design.levels[feature.name]
    level = levels[int(float(code))] if code.replace(".", "").isdigit() and float(code) < len(levels) else None
    other = Text(_("not known")) if code == "nan" else Text(_("rare levels"))
    return Text(_("{feature}: {value}"), feature=Text(feature.label), value=level if level is not None else other)


def weight_ranges(again: Sequence[Fitted], design: Design) -> dict[tuple[str, str], tuple[float, float]]:
    """Of every column of a regression, by feature and words, how far the weights of the refits lie below and above their mean (≤ 0, ≥ 0);
    empty without refits."""
    found: dict[tuple[str, str], list[float]] = {}
    for model in again:
        for line in _weighed(model, design):
            found.setdefault((line["feature"], str(line["column"])), []).append(line["weight"])
    means = {key: sum(weights) / len(weights) for key, weights in found.items()}
    return {key: (min(weights) - means[key], max(weights) - means[key]) for key, weights in found.items()}
