"""The cut above which a wanted share of the leavers stands."""

import numpy as np

from churn_dash.errors import BadInput
from churn_dash.marks import _
from churn_dash.retention.threshold.held_out import HeldOut
from churn_dash.words import Ratio


def recall_cut(held: HeldOut, wanted: float) -> float:
    """The highest threshold at which at least ``wanted`` (0–1) of the held-out leavers are on the list. ``BadInput`` for no share.

    >>> rows = np.array([0, 0, 1, 0, 1, 1]), np.array([.1, .2, .3, .6, .8, .9]), np.zeros(6)
    >>> recall_cut(HeldOut(np.arange(6), *rows), 0.6), recall_cut(HeldOut(np.arange(6), *rows), 1.0)
    (0.8, 0.3)
    """
    if not 0 < wanted <= 1:
        raise BadInput(_("The share of leavers to reach must lie above 0 and be at most 100%; {share} is not."), share=Ratio(wanted))
    risks = np.sort(held.p[held.y == 1])[::-1]
    # A share such as 0.6 of 5 is 3, not 3.0000000000000004 that would be 4.
    return float(risks[int(np.ceil(wanted * len(risks) - 1e-9)) - 1])
