"""Contributions of more rows than one wants to hold or wait for: in parts, by two processes where there are many. PLATFORM 5."""

import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor

from churn_dash.measures.statistics.odds import Values
from churn_dash.risk.explained.contributions import Contributions, contributions
from churn_dash.risk.models.kinds import Fitted
from churn_dash.risk.models.matrix import Design, Matrix

ROWS = 100_000
"""Rows explained at a time: of fewer, reading the trees anew each time takes a quarter of the work."""
ENOUGH_FOR_PROCESSES = 200_000
"""Rows from which a second process saves more time than its start takes."""
PROCESSES = 2

_asked: list[tuple[Fitted, Design, Values]] = []


def processes(n: int) -> int:
    """How many processes explain ``n`` rows."""
    return PROCESSES if n >= ENOUGH_FOR_PROCESSES else 1


def in_parts(model: Fitted, design: Design, matrices: Iterable[Matrix], means: Values, workers: int = 1) -> Iterator[Contributions]:
    """The contributions of every matrix, in order; each is checked to add up, as ``contributions`` does.

    With several workers, a few parts are under way at a time, and never more are held.
    """
    if workers == 1:
        yield from (contributions(model, design, matrix, means) for matrix in matrices)
        return
    # A forked child would inherit the locks of a server's threads.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, _ask, (model, design, means)) as pool:
        waiting: deque[Future[Contributions]] = deque()
        for matrix in matrices:
            waiting.append(pool.submit(_explained, matrix))
            if len(waiting) > workers + 1:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _ask(model: Fitted, design: Design, means: Values) -> None:
    _asked[:] = [(model, design, means)]


def _explained(matrix: Matrix) -> Contributions:
    model, design, means = _asked[0]
    return contributions(model, design, matrix, means)
