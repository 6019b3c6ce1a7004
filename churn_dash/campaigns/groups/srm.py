"""Do the sizes of the groups fit the plan? The sample ratio mismatch check. Source: METHODS C3."""

import math
import re
from collections.abc import Mapping, Sequence

from scipy import special

from churn_dash.errors import BadInput, NotFound
from churn_dash.words import _, nearest

ALARM = 0.001
"""Below this chance the groups' sizes do not come from the planned shares."""

_SHARE = re.compile(r"\s*([\d.]+)\s*(%?)\s*")


def sample_ratio_p(counts: Mapping[str, int], shares: Mapping[str, float] | None) -> float | None:
    """Chance of sizes at least this far from the planned shares (χ²); None without a plan: not tested, never assumed equal.

    ``counts`` are members assigned, ``shares`` any positive weights; only groups with a share are tested.

    >>> round(sample_ratio_p({"a": 44_000, "b": 45_000}, {"a": 1, "b": 1}), 5)
    0.0008
    >>> sample_ratio_p({"a": 185, "b": 260}, None) is None
    True
    """
    if not shares:
        return None
    top = max(shares.values())
    planned = {arm: share / top for arm, share in shares.items() if share > 0}
    n, weight = sum(counts.get(arm, 0) for arm in planned), sum(planned.values())
    if len(planned) < 2 or n == 0:
        return None
    statistic = sum((counts.get(arm, 0) - n * share / weight) ** 2 / (n * share / weight) for arm, share in planned.items())
    return float(special.chdtrc(len(planned) - 1, statistic))


def attrition_p(known: Sequence[int], missing: Sequence[int]) -> float | None:
    """Chance that outcomes are missing this unequally over the groups (χ²); None where none or all are missing."""
    lost, n = sum(missing), sum(known) + sum(missing)
    sizes = [k + m for k, m in zip(known, missing, strict=True)]
    if lost in (0, n) or len([s for s in sizes if s]) < 2:
        return None
    share = lost / n
    statistic = sum((m - s * share) ** 2 / (s * share * (1 - share)) for m, s in zip(missing, sizes, strict=True) if s)
    return float(special.chdtrc(len([s for s in sizes if s]) - 1, statistic))


def planned_shares(text: str | None, arms: Sequence[str], control: str | None) -> dict[str, float] | None:
    """The shares written in a ``planned_ratio`` cell; None where nothing is written, or it is no share above 0.

    ``treated=0.8;control=0.2`` names the groups; ``80/20`` does not, and means target group to hold-out.

    >>> planned_shares("treated=0.8；control=20%", ["treated", "control"], "control")
    {'treated': 0.8, 'control': 0.2}
    >>> planned_shares("80/20", ["treated", "control"], "control")
    {'treated': 80.0, 'control': 20.0}
    """
    parts = [p for p in re.split(r"[;；,，/|]", text or "") if p.strip()]
    if len(parts) == 1 and "=" not in parts[0]:
        parts = re.split(r"[:：]", parts[0])
    pairs = [re.split(r"[=:：]", p) for p in parts]
    if pairs and all(len(p) == 2 for p in pairs):
        names = {a.casefold(): a for a in arms}
        shares = {names.get(k.strip().casefold()): _number(v) for k, v in pairs}
    elif len(pairs) == 2 == len(arms) and control in arms and all(len(p) == 1 for p in pairs):
        target = next(a for a in arms if a != control)
        shares = {target: _number(pairs[0][0]), control: _number(pairs[1][0])}
    else:
        return None
    found = {k: v for k, v in shares.items() if k is not None and v is not None}
    return found if len(found) == len(pairs) == len(arms) else None


def checked_shares(ratio: Mapping[str, float] | None, arms: Sequence[str]) -> dict[str, float] | None:
    """Shares that somebody typed, each for a group that exists and none left out. Raises NotFound or BadInput."""
    if not ratio:
        return None
    names = {a.casefold(): a for a in arms}
    for arm, share in ratio.items():
        if arm.strip().casefold() not in names:
            raise NotFound(
                _("There is no group {name} to plan a share for; the nearest is {nearest}."),
                name=arm,
                nearest=nearest(arm, arms) or arms[0],
            )
        if not (math.isfinite(share) and share > 0):
            raise BadInput(_("The planned share of {name} must be a number above 0."), name=arm)
    shares = {names[arm.strip().casefold()]: float(share) for arm, share in ratio.items()}
    for arm in arms:
        if arm not in shares:
            raise BadInput(_("Give a planned share for every group; {name} has none."), name=arm)
    return shares


def _number(text: str) -> float | None:
    found = _SHARE.fullmatch(text)
    try:
        share = float(found[1]) / (100 if found[2] else 1) if found else 0.0
    except ValueError:
        return None
    return share if math.isfinite(share) and share > 0 else None
