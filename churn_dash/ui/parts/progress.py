"""Long work by named stages: a bar while it runs, nothing afterwards."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import streamlit as st

from churn_dash.access import Scope
from churn_dash.store import Dataset
from churn_dash.ui import cache, session
from churn_dash.words import Text, _

T = TypeVar("T")


@contextmanager
def progress() -> Iterator[Callable[[Text, float], None]]:
    """Yields the teller of stages; the bar goes when the work ends, however it ends."""
    bar = st.progress(0.0, session.say(_("Starting")))

    def told(stage: Text, share: float) -> None:
        bar.progress(min(max(share, 0.0), 1.0), session.say(stage))

    try:
        yield told
    finally:
        bar.empty()


def long_work(ds: Dataset, scope: Scope, work: Callable[[Callable[[Text, float], None]], T], *args: Any, name: str) -> T:
    """As ``cache.worked_out``, with a bar that tells the stages while the work runs; who asks the same meanwhile waits for it."""
    kept = cache.slot(ds, scope, *args, name=name)
    with kept.lock:
        if not kept.found:
            with progress() as told:
                kept.found.append(work(told))
    answer: T = kept.found[0]
    return answer
