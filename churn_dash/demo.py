"""The sample workspace: an invented bank, loaded and modelled like any other."""

import pathlib
from collections.abc import Callable
from typing import Any

from churn_dash import risk, sample
from churn_dash.errors import BadInput, NotFound, NotPossible, WorkspaceProblem
from churn_dash.evaluation.targets.kept import put
from churn_dash.intake.typed import extract_of
from churn_dash.marks import _
from churn_dash.store import Records, Workspace, publish
from churn_dash.words import Text

_TARGETS = (
    ("churn_rate", 0.13, "R01"),
    ("retention_rate", 0.88, "R01"),
    ("csat", 0.65, "R02"),
    ("nps", 20.0, "R02"),
    ("loyalty_index", 60.0, "R02"),
    ("win_back_rate", 0.12, "R03"),
    ("save_rate", 0.02, "R04"),
    ("warning_recall", 0.4, "R05"),
    ("roi", 0.0, "R04"),
)
"""Indicator, target, owner."""
Progress = Callable[[Text, float], None]


def build(path: pathlib.Path, size: str = "demo", seed: int = 1, progress: Progress | None = None) -> dict[str, Any]:
    """Build the sample workspace at ``path`` once; a second call changes nothing, but trains where no model can be used: one that was
    killed before the training, or whose model is of another version of Churn Dash, is made whole.

    Returns version, rows_in, whether it was built now, and the chosen model. Raises ``NotFound`` for an unknown size.
    """
    say = progress or (lambda text, share: None)
    if size not in sample.SIZES:
        raise NotFound(_("There is no sample bank of size {size}; there are {known}."), size=size, known=", ".join(sample.SIZES))
    workspace = Workspace.create(path, sample=True)
    if not workspace.sample:
        raise BadInput(_("{path} holds your own data; give the sample bank a folder of its own."), path=path)
    current = workspace.current()
    if current is not None:
        told = {"version": current.version, "rows_in": current.counts["rows_in"], "built": False}
        try:
            model = risk.latest(workspace.models, current.state)
        except WorkspaceProblem:
            model = None
        return told | {"model": model.name if model is not None else _trained(workspace, say)}
    n_customers, months = sample.SIZES[size]
    say(Text(_("Inventing a bank with {n} customers"), n=n_customers), 0.02)
    bank = sample.generate(seed, n_customers, months)
    extract = extract_of(bank.tables, f"sample-{size}-{seed}")
    loaded = publish(workspace, extract, progress=lambda text, share: say(text, share / 2))
    _aimed(Records(workspace.root))
    say(Text(_("Training the risk models")), 0.5)
    return {"version": loaded.version, "rows_in": loaded.rows_in, "built": True, "model": _trained(workspace, say)}


def _aimed(records: Records) -> None:
    """The targets and owners of the invented bank, so that its evaluation has something to judge."""
    for key, value, owner in _TARGETS:
        put(records, key, value, owner, "", "sample")


def _trained(workspace: Workspace, say: Progress) -> str | None:
    """The chosen model; None, said so, where the bank is too small for one."""
    try:
        result = risk.train(workspace.dataset(), workspace.models, progress=lambda text, share: say(text, 0.5 + share / 2))
    except NotPossible as problem:
        say(Text(problem.template, **problem.params), 1.0)
        return None
    return result.model.name if result.model else None
