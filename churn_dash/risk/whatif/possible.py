"""A customer stays possible: what follows from a change follows, and balances stay the sum of their parts. Source: METHODS D5.

What is moved counts as having been so all along: other means of the same figure move as far, and changes and trends stay the customer's
own. A model has learnt what it means that customers change something: whoever gives up a product or logs in less is often about to leave.
What a bank brings about says nothing of the kind, and a model asked as if it did answers several times too strongly.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from churn_dash.errors import BadInput
from churn_dash.marks import _
from churn_dash.measures.statistics.odds import Values
from churn_dash.risk.features.feature import Feature
from churn_dash.risk.whatif.rows import Rows, moved

WHOLE, PARTS = "aum_avg", ("deposit_avg", "wealth_avg", "fund_avg")
_A_MONTH = 1 / 3
_LEVELS = ("level", "column")
_FIGURES = (*_LEVELS, "mean")
_CLOSE = 1e-9


def followed(features: Sequence[Feature], before: Rows, changes: Mapping[str, Values]) -> Rows:
    """What is other after the changes (feature → new value a customer): the changes and all that follows from them, row by row.

    Raises ``BadInput`` where a whole and its part are moved at once, or shares would be more or less than the whole.
    """
    after: Rows = {**before, **changes}
    by_name = {f.name: f for f in features if f.name in before}
    _digital(by_name, before, after)
    _products(by_name, before, after)
    _balances(by_name, before, after)
    turned = {n: moved(before[n], after[n]) for n in by_name if after[n] is not before[n]}
    for name in [n for n, rows in turned.items() if rows.any()]:
        for other in by_name.values():
            found = _follows(other, by_name[name], before, after) if other.name != name else None
            if found is not None:
                still = turned[name] & ~turned.get(other.name, np.zeros_like(turned[name]))
                after[other.name] = np.where(still, found, after[other.name])
    return {n: v for n, v in after.items() if v is not before[n]}


def _digital(by_name: Mapping[str, Feature], before: Rows, after: Rows) -> None:
    """Logins and months with digital use say the same thing: none with the one is none with the other."""
    logins, share = "login_mean_3m", "digital_active_3m"
    if logins not in by_name or share not in by_name:
        return
    turned = {n: moved(before[n], after[n]) for n in (logins, share)}
    for first, second, least in ((logins, share, np.full_like(before[share], _A_MONTH)), (share, logins, after[share])):
        new = np.where(after[first] > 0, np.maximum(before[second], least), 0.0)
        rows = turned[first] & ~turned[second] & ~np.isnan(before[second])
        if rows.any():
            after[second] = np.where(rows, new, after[second])


def _products(by_name: Mapping[str, Feature], before: Rows, after: Rows) -> None:
    """A product more or less is a contract more or less: the model divides what products tell between the two counts."""
    count, held = "product_count", "holdings"
    if count not in by_name or held not in by_name:
        return
    rows = moved(before[count], after[count]) & ~moved(before[held], after[held]) & ~np.isnan(before[held])
    if rows.any():
        after[held] = np.where(rows, np.maximum(before[held] + after[count] - before[count], 0.0), after[held])


def _balances(by_name: Mapping[str, Feature], before: Rows, after: Rows) -> None:
    """Levels of balances and of their parts, and the parts' shares, kept in line."""
    level = {f.source.column: n for n, f in by_name.items() if f.source.measure in _LEVELS}
    parts = [level[c] for c in PARTS if c in level]
    if WHOLE in level and parts:
        _summed(before, after, level[WHOLE], parts)
    own = [n for c in PARTS for n, f in by_name.items() if f.source.column == c and _of_whole(f)]
    if len(own) > 1:
        _rescaled(before, after, own)


def _of_whole(feature: Feature) -> bool:
    return feature.source.measure == "share" and feature.source.other == WHOLE


def _summed(before: Rows, after: Rows, whole: str, parts: list[str]) -> None:
    turned, part = moved(before[whole], after[whole]), np.any([moved(before[p], after[p]) for p in parts], axis=0)
    if bool((turned & part).any()):
        raise BadInput(_("Balances and a part of them cannot be changed at once: change the part, and the sum follows."))
    if part.any():
        grown = np.sum([np.where(np.isnan(before[p]), 0.0, after[p] - before[p]) for p in parts], axis=0)
        after[whole] = np.where(part, before[whole] + grown, after[whole])
    if turned.any():
        held = np.sum([np.nan_to_num(before[p]) for p in parts], axis=0)
        kept = before[whole] - held
        factor = np.divide(after[whole] - kept, held, out=np.zeros_like(held), where=held > 0)
        for at, p in enumerate(parts):
            grown = np.where(held > 0, before[p] * factor, after[whole] - kept if at == 0 else 0.0)
            after[p] = np.where(turned & ~np.isnan(before[p]), grown, before[p])
        if bool((turned & (np.where(held > 0, factor, 0.0) < 0)).any()):
            raise BadInput(_("Balances cannot fall below what is held in none of their parts."))


def _rescaled(before: Rows, after: Rows, own: list[str]) -> None:
    """The shares that were not moved take up what the others leave, in the proportions they had; else the first of them does."""
    turned = [moved(before[n], after[n]) for n in own]
    some = np.any(turned, axis=0)
    if not some.any():
        return
    total = np.sum([before[n] for n in own], axis=0)
    left = total - np.sum([np.where(t, after[n], 0.0) for n, t in zip(own, turned, strict=True)], axis=0)
    held = np.sum([np.where(t, 0.0, before[n]) for n, t in zip(own, turned, strict=True)], axis=0)
    if bool((some & (left < -_CLOSE)).any()) or bool((np.all(turned, axis=0) & (np.abs(left) > _CLOSE)).any()):
        raise BadInput(_("The shares of balances must be the whole together."))
    waiting = some & ~(held > 0)
    for n, t in zip(own, turned, strict=True):
        # Its part of what they held is at most 1; left / held has no bound where they held next to nothing.
        scaled = left * np.divide(before[n], held, out=np.ones_like(left), where=held > 0)
        new = np.where(held > 0, scaled, np.where(waiting & ~t, left, 0.0))
        waiting = waiting & t
        after[n] = np.where(some & ~t, np.maximum(new, 0.0), after[n])


def _follows(other: Feature, changed: Feature, before: Rows, after: Rows) -> Values | None:
    """The other feature after the change of this one; None where it does not depend on it, or is a change of the customer's own."""
    a, b, now = changed.source, other.source, before[other.name]
    cause, effect = str(a.measure), str(b.measure)
    old, new = before[changed.name], after[changed.name]
    if b.column != a.column or getattr(a, "table", "") != getattr(b, "table", "") or other.kind == "category":
        return None
    if cause in _FIGURES:
        return _monthly(effect, max(1, a.months), now, old, new)
    if cause == "recent" and getattr(a, "where", "") == getattr(b, "where", ""):
        if effect == "recent":
            return np.maximum(now + new - old, 0.0)
        return np.where(new > old, 0.0, now) if effect == "since_event" else None
    return None


def _monthly(measure: str, months: int, now: Values, old: Values, new: Values) -> Values | None:
    if measure == "mean":
        return now + new - old
    if measure == "since":
        return np.where(new > 0, 0.0, np.maximum(now, months))
    if measure in ("change", "mean_change", "slope"):
        # Of a figure that is 0 there is no change; one that was 0 is taken as level.
        return np.where(new <= 0, np.nan, np.where(old <= 0, 0.0, now))
    return None
