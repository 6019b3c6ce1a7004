"""Were the groups alike in everything together? One test for all characteristics. Source: METHODS C5; Hansen and Bowers 2008.

One characteristic among many differs by chance alone in every second campaign, so no single one costs a campaign its grade. This test
asks whether all of them together lie further apart than a random draw would leave them: the distance of the means, in the spread that
a draw would give them (Mahalanobis; Hotelling's statistic with the pooled spread), which is χ² with one degree of freedom a
characteristic. Amounts are taken by rank, so that a few very rich customers decide nothing; of more than 100,000 members by their
logarithm, which takes less time and among so many is as good.
"""

import numpy as np
import polars as pl
from scipy import special

ALARM = 0.001
"""Below this chance the groups were not drawn at random, or not by the draw that was declared: the same as for their sizes."""

MOST_RANKED = 100_000
FEWEST = 10
"""Members a characteristic that each group must have; with fewer the χ² says nothing."""


def unlike_p(known: pl.DataFrame, treated: pl.Series) -> float | None:
    """Chance that a random draw leaves the groups this far apart in all columns of ``known`` together.

    A missing value counts as the middle rank, and that it is missing as a characteristic of its own. None where nothing varies.
    """
    members, side = len(known), treated.to_numpy().astype(bool)
    n1, n0 = int(side.sum()), int((~side).sum())
    columns = [c for name in known.columns for c in _ranks(known[name])]
    fewest = FEWEST * len(columns) if columns else FEWEST
    if min(n1, n0) < min(fewest, 5 * FEWEST) or not columns:
        return None
    matrix = np.column_stack(columns)
    middle = matrix.mean(axis=0)
    matrix -= middle
    products = matrix.T @ matrix
    scale = np.sqrt(np.diag(products) / members)
    treated_sum = side.astype(float) @ matrix
    apart = (treated_sum / n1 + treated_sum / n0) / scale
    spread = products / np.outer(scale, scale) / (members - 1) * (1 / n1 + 1 / n0)
    rank = int(np.linalg.matrix_rank(spread, hermitian=True))
    distance = float(apart @ np.linalg.pinv(spread, hermitian=True) @ apart)
    return float(special.chdtrc(rank, distance))


def _ranks(values: pl.Series) -> list[np.ndarray[tuple[int], np.dtype[np.float64]]]:
    clean = values.cast(pl.Float64).fill_nan(None)
    missing = clean.is_null()
    found = []
    ranks = clean.rank("average").cast(pl.Float64) if len(clean) <= MOST_RANKED else clean.sign() * clean.abs().log1p()
    middle = ranks.mean()
    if isinstance(middle, int | float) and clean.min() != clean.max():
        found.append(ranks.fill_null(middle).to_numpy())
    if missing.any() and not missing.all():
        found.append(missing.cast(pl.Float64).to_numpy())
    return found
