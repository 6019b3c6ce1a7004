"""Which month ends a panel's models learn from, calibrate on and are tested on. Source: METHODS D2."""

from collections.abc import Sequence
from dataclasses import dataclass

from churn_dash.risk.rows.windows import HORIZON, Windows

TEST_SNAPSHOTS = 3
CALIBRATION_SNAPSHOTS = 3
LEAST_TRAINING_SNAPSHOTS = 6
STRIDE = HORIZON
"""Training looks at every third month end, so that its outcome windows do not overlap."""


@dataclass(frozen=True)
class Period:
    """One fold in time: score dates (running months) to fit on, calibrate on, and test on."""

    fit: tuple[int, ...]
    calibrate: tuple[int, ...]
    test: tuple[int, ...]


def periods(frame: Windows) -> list[Period]:
    """Folds in time, latest first: training, then an embargo of gap + horizon, then three test snapshots. METHODS D2.

    As many as leave six training snapshots (the last three calibrate), and at least one where two snapshots lie an embargo apart.
    With fewer than twenty months there are none: then customers are left out instead (``by_customer``).

    >>> [p.test for p in periods(Windows(0, 35))]
    [(29, 30, 31), (26, 27, 28), (23, 24, 25), (20, 21, 22)]
    """
    snapshots = frame.snapshots
    found: list[Period] = []
    end = len(snapshots)
    while end > 0:
        test = list(snapshots[max(0, end - TEST_SNAPSHOTS) : end])
        train = [s for s in snapshots if s <= test[0] - frame.embargo]
        if len(train) < LEAST_TRAINING_SNAPSHOTS and found:
            break
        if not found:
            # A short panel gives up test snapshots before it gives up the test.
            while not train and len(test) > 1:
                test = test[1:]
                train = [s for s in snapshots if s <= test[0] - frame.embargo]
        if not train:
            break
        held = min(CALIBRATION_SNAPSHOTS, len(train) // 2)
        cut = len(train) - held
        found.append(Period(thinned(train[:cut]), tuple(train[cut:]), tuple(test)))
        end -= TEST_SNAPSHOTS
    return found


def last_period(frame: Windows) -> Period:
    """What the kept model is fitted on, and the later score dates on which it is calibrated: a step after the latest fold.

    Where the panel is too short for a fold in time, everything is fitted on and nothing is later.

    >>> p = last_period(Windows(0, 35))
    >>> p.fit, p.calibrate
    ((13, 16, 19, 22, 25, 28), (29, 30, 31))
    """
    snapshots = frame.snapshots
    held = min(CALIBRATION_SNAPSHOTS, len(snapshots) // 2) if periods(frame) else 0
    cut = len(snapshots) - held
    return Period(thinned(snapshots[:cut]), tuple(snapshots[cut:]), ())


def thinned(snapshots: Sequence[int], stride: int = STRIDE) -> tuple[int, ...]:
    """Every third snapshot, counted back from the last.

    >>> thinned([11, 12, 13, 14, 15])
    (12, 15)
    """
    return tuple(sorted(snapshots[::-1][::stride]))
