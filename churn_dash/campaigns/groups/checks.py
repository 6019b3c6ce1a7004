"""Does a declared random draw stand up? Sizes in all and by segment, outcomes missing, likeness beforehand. Source: METHODS C3, C5."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from churn_dash.campaigns.groups import omnibus
from churn_dash.campaigns.groups.srm import ALARM, attrition_p, sample_ratio_p
from churn_dash.measures.statistics.estimates import holm
from churn_dash.words import Text, _

SEGMENT = "segment_"
"""Columns whose names begin so hold the segments by which the sizes are tested too."""
KNOWN = "known_"
"""Columns whose names begin so hold what was known of the members before the start, in which the groups should be alike."""
MOST_SEGMENTS = 60
FEWEST_EXPECTED = 5.0


@dataclass(frozen=True)
class SegmentSizes:
    """The sizes of the groups within one segment: ``p_adjusted`` allows for all segments tested (Holm)."""

    by: str
    segment: str
    n: int
    p: float
    p_adjusted: float


@dataclass(frozen=True)
class Checks:
    """Chances that a random draw as declared would look like this; None where it was not tested. Below 0.001 it did not."""

    sizes: float | None = None
    segments: tuple[SegmentSizes, ...] = ()
    missing: float | None = None
    unlike: float | None = None

    @property
    def worst_segment(self) -> SegmentSizes | None:
        """The segment whose sizes fit the plan least."""
        return min(self.segments, key=lambda s: s.p_adjusted, default=None)

    @property
    def doubt(self) -> Text | None:
        """Why the draw is doubtful, in a sentence; None while nothing speaks against it."""
        worst = self.worst_segment
        if self.sizes is not None and self.sizes < ALARM:
            return Text(
                _("The sizes of the groups do not fit the planned shares, so something other than chance decided who is in the data.")
            )
        if worst is not None and worst.p_adjusted < ALARM:
            return Text(
                _("The sizes of the groups fit the planned shares as a whole but not in {segment}, so chance did not draw them there."),
                segment=worst.segment,
            )
        if self.missing is not None and self.missing < ALARM:
            return Text(
                _("Outcomes are missing far more often in some groups than in others, so those who are left are not as they were drawn.")
            )
        if self.unlike is not None and self.unlike < omnibus.ALARM:
            return Text(
                _("Taken together, the groups differed before the start more than a random draw would leave them once in 1,000 times.")
            )
        return None

    def as_json(self) -> dict[str, object]:
        """The checks as the CLI prints them."""
        return {
            "srm_p": self.sizes,
            "srm_by_segment": [{"by": s.by, "segment": s.segment, "n": s.n, "p": s.p, "p_adjusted": s.p_adjusted} for s in self.segments],
            "missing_p": self.missing,
            "balance_p": self.unlike,
        }


def segment_sizes(data: pl.DataFrame, shares: Mapping[str, float] | None) -> tuple[SegmentSizes, ...]:
    """The check of sizes within every segment of the columns ``segment_…`` that is large enough for it; none without a plan."""
    if not shares:
        return ()
    found: list[tuple[str, str, int, float]] = []
    least = FEWEST_EXPECTED * sum(shares.values()) / min(shares.values())
    for column in (c for c in data.columns if c.startswith(SEGMENT)):
        counts = data.drop_nulls(column).group_by(column, "arm").len()
        for (segment,), rows in counts.group_by([column], maintain_order=False):
            n = int(rows["len"].sum())
            p = sample_ratio_p(dict(rows.select("arm", "len").iter_rows()), shares) if n >= least else None
            if p is not None:
                found.append((column.removeprefix(SEGMENT), str(segment), n, p))
    found.sort()
    if len(found) > MOST_SEGMENTS:
        found = sorted(sorted(found, key=lambda s: -s[2])[:MOST_SEGMENTS])
    adjusted = holm([p for *_rest, p in found])
    return tuple(SegmentSizes(*row, p_adjusted=q or 0.0) for row, q in zip(found, adjusted, strict=True))


def checks(
    data: pl.DataFrame | None,
    counts: Mapping[str, int],
    shares: Mapping[str, float] | None,
    missing: Sequence[tuple[int, int]],
    before: Sequence[str],
    control: str | None,
) -> Checks:
    """All checks of a declared random draw. ``missing`` holds (known, missing) of each group, ``before`` the columns known beforehand."""
    lost = attrition_p([k for k, _m in missing], [m for _k, m in missing])
    if data is None:
        return Checks(sample_ratio_p(counts, shares), (), lost)
    arms = [a for a in data["arm"].unique().sort().to_list() if a != control]
    unlike = None
    if before and control is not None:
        found = []
        for arm in arms:
            own = data.filter(pl.col("arm").is_in([arm, control]))
            found.append(omnibus.unlike_p(own.select(before), own["arm"] == arm))
        known = [p for p in found if p is not None]
        unlike = min(1.0, min(known) * len(known)) if known else None
    return Checks(sample_ratio_p(counts, shares), segment_sizes(data, shares), lost, unlike)
