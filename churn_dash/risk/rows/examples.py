"""Rows with labels to learn from: a customer, or a customer at a score date, with features and what happened. Source: METHODS D1."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from churn_dash.errors import NotFound, NotPossible
from churn_dash.marks import _
from churn_dash.risk.features.feature import Feature, called
from churn_dash.risk.features.left_out import LeftOut
from churn_dash.risk.features.panel import BY_DEFAULT_OUT
from churn_dash.risk.features.sheet import Column, features_of, gender, readable
from churn_dash.risk.rows.leaks import leaks
from churn_dash.risk.rows.leaving import months_until_left
from churn_dash.risk.rows.periods import last_period, periods
from churn_dash.risk.rows.snapshot import Panel, snapshot
from churn_dash.risk.rows.snapshots import snapshots
from churn_dash.risk.rows.treatment import untreated
from churn_dash.risk.rows.windows import Windows, month_end
from churn_dash.words import Text, nearest

LEAST_LEAVERS = 20
_FEW = 60_000
"""Customers times score dates up to which all dates are read at once."""
_FAIR = BY_DEFAULT_OUT["gender"]
_GENDER_NAMES = {"gender", "sex", "性别"}


@dataclass(frozen=True)
class Examples:
    """``frame`` has customer_id and the features, row by row with ``y`` (1: left). ``final`` are the rows for the last fit,
    ``later`` those of later score dates on which it is calibrated (none in a cross-section and in a short panel). ``when`` is the month
    of the outcome in which a customer left, from 1; 0: stayed; empty without months.

    ``dropped`` counts rows without a usable label: left in the gap, ended in a way that the definition does not count, treated by a
    campaign in between, or gone before one would have come to them (``treatment``).
    """

    frame: pl.DataFrame
    y: NDArray[np.int64]
    features: tuple[Feature, ...]
    left_out: tuple[LeftOut, ...]
    final: NDArray[np.int64]
    windows: Windows | None = None
    customers: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    snapshots: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    dropped: dict[str, int] = field(default_factory=dict)
    later: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    when: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    @property
    def in_time(self) -> bool:
        """Whether models are tested on later months than they learnt from."""
        return self.windows is not None and bool(periods(self.windows))


def both(y: NDArray[np.int64]) -> bool:
    """Whether some left and some stayed."""
    return 0 < int(y.sum()) < len(y)


def enough(y: NDArray[np.int64]) -> None:
    """Raise ``NotPossible`` where there are too few leavers, or nobody who stayed, to learn from."""
    leavers = int(y.sum())
    if leavers == len(y) and leavers:
        raise NotPossible(_("Every customer in these data has left; a model also needs customers who stayed."))
    if len(y) and not leavers:
        raise NotPossible(_("No customer in these data has left; a model needs at least {least} who did."), least=LEAST_LEAVERS)
    if leavers < LEAST_LEAVERS or len(y) - leavers < LEAST_LEAVERS:
        raise NotPossible(
            _("Only {n} customers left and {stayed} stayed; a model needs at least {least} of each. Load more data."),
            n=leavers,
            stayed=len(y) - leavers,
            least=LEAST_LEAVERS,
        )


def chosen(features: tuple[Feature, ...], drop: Sequence[str], keep: Sequence[str]) -> tuple[tuple[Feature, ...], list[LeftOut]]:
    """The features less those dropped by name and those left out by default unless kept."""
    dropped, kept = set(called(features, tuple(drop))), set(called(features, tuple(keep)))
    if {k.strip().casefold() for k in keep} & _GENDER_NAMES:
        kept |= {f for f in features if gender(f)}
    left, stay = [], []
    for f in features:
        if f in dropped:
            left.append(LeftOut(_header(f), Text(_("dropped as asked"))))
        elif f not in kept and (f.name in BY_DEFAULT_OUT or gender(f)):
            left.append(LeftOut(_header(f), Text(BY_DEFAULT_OUT.get(f.name, _FAIR))))
        else:
            stay.append(f)
    return tuple(stay), left


def _header(feature: Feature) -> str:
    return feature.label if feature.own_words else feature.name


def _without_leaks(
    features: tuple[Feature, ...], found: Sequence[LeftOut], keep: Sequence[str]
) -> tuple[tuple[Feature, ...], list[LeftOut]]:
    kept = {_header(f) for f in called(features, tuple(keep))}
    leaking = {x.column: x for x in found if x.column not in kept}
    return tuple(f for f in features if _header(f) not in leaking), list(leaking.values())


def cross_section_examples(
    frame: pl.DataFrame, columns: Sequence[Column], left: NDArray[np.bool_], drop: Sequence[str] = (), keep: Sequence[str] = ()
) -> Examples:
    """One row a customer, everything but identifiers, gender and leaking columns as features. ``left``: who has left, row by row."""
    y = left.astype(np.int64)
    enough(y)
    frame = readable(frame, columns)
    found, identifiers = features_of(frame, columns)
    frame = frame.select("customer_id", *(pl.col(f.source.column).alias(f.name) for f in found))
    known_names([*drop, *keep], found, identifiers)
    features, asked = chosen(found, drop, keep)
    features, leaking = _without_leaks(features, leaks(frame, features, y), keep)
    usable(features)
    return Examples(
        frame.select("customer_id", *(f.name for f in features)),
        y,
        features,
        (*identifiers, *asked, *leaking),
        np.arange(len(y)),
    )


def known_names(names: Sequence[str], features: Sequence[Feature], others: Sequence[LeftOut] = ()) -> None:
    """Raise ``NotFound`` for a column to drop or keep that these data do not have. Gender may always be kept."""
    for name in names:
        if name.strip().casefold() in _GENDER_NAMES or called(tuple(features), (name,)):
            continue
        labels = [*(_header(f) for f in features), *(x.column for x in others)]
        if name.strip().casefold() not in {x.casefold() for x in labels}:
            near = nearest(name, labels) or ", ".join(labels[:5])
            raise NotFound(_("There is no column {name} to keep or drop; the nearest is {near}."), name=name, near=near)


def usable(features: Sequence[Feature]) -> None:
    """Raise ``NotPossible`` where no feature is left."""
    if not features:
        raise NotPossible(_("There is no column left that a model could learn from; keep more columns."))


def panel_examples(
    panel: Panel,
    declared: Sequence[Feature],
    drop: Sequence[str] = (),
    keep: Sequence[str] = (),
    seed: int = 0,
    step: Callable[[int, int], None] = lambda done, of: None,
) -> Examples:
    """A row for every customer at every score date that some fold or the last fit needs. ``step`` hears of progress."""
    frame = panel.windows
    known_names([*drop, *keep], declared)
    features, asked = chosen(panel.held.available(declared), drop, keep)
    usable(features)
    dates = frame.snapshots
    last = last_period(frame)
    needed = sorted({*last.fit, *last.calibrate, *(s for p in periods(frame) for s in (*p.fit, *p.calibrate, *p.test))})
    month_before = [dates[-1] - 1] if dates[-1] > frame.first else []
    parts = at_dates(panel, features, sorted({*needed, *month_before}), step)
    rows = pl.concat([parts[number] for number in needed], how="vertical_relaxed")
    gap, other = (int((rows["fate"] == f).sum()) for f in ("gap", "other"))
    rows = rows.filter(pl.col("fate").is_in(["leaves", "stays"]))
    kept, treated = untreated(rows, panel, seed)
    dropped = {"gap": gap, "other": other, **treated}
    y = (kept["fate"] == "leaves").to_numpy().astype(np.int64)
    snapshots = kept.select(pl.col("score_date").dt.year().cast(pl.Int64) * 12 + pl.col("score_date").dt.month() - 1).to_series().to_numpy()
    final = np.flatnonzero(np.isin(snapshots, last.fit))
    enough(y[final])
    leaking = leaks(*_month_before(parts[dates[-1]], parts.get(dates[-1] - 1), features))
    features, leaks_out = _without_leaks(features, leaking, keep)
    usable(features)
    ids = kept["customer_id"].unique().sort()
    place = kept.select("customer_id").join(ids.to_frame().with_row_index("i"), on="customer_id", how="left", maintain_order="left")
    return Examples(
        kept.select("customer_id", "score_date", *(f.name for f in features)),
        y,
        features,
        (*asked, *leaks_out),
        final,
        frame,
        place["i"].cast(pl.Int64).to_numpy(),
        snapshots,
        dropped,
        np.flatnonzero(np.isin(snapshots, last.calibrate)),
        months_until_left(kept, panel.spells, frame),
    )


def at_dates(
    panel: Panel, features: Sequence[Feature], numbers: Sequence[int], step: Callable[[int, int], None] = lambda done, of: None
) -> dict[int, pl.DataFrame]:
    """The rows of ``snapshot`` by score date: few of them of all dates at once, since a question's text takes longer than its answer."""
    if panel.joined.height * len(numbers) <= _FEW:
        step(0, len(numbers))
        days = {number: month_end(number) for number in numbers}
        rows = snapshots(replace(panel, held=panel.held.alone()), features, list(days.values()))
        return {number: rows.filter(pl.col("score_date") == day) for number, day in days.items()}
    parts = {}
    for i, number in enumerate(numbers):
        step(i, len(numbers))
        parts[number] = snapshot(panel, features, month_end(number))
    return parts


def _month_before(
    last: pl.DataFrame, before: pl.DataFrame | None, features: tuple[Feature, ...]
) -> tuple[pl.DataFrame, tuple[Feature, ...], NDArray[np.int64], pl.DataFrame | None]:
    """The last score date's rows with labels, and the same customers' features a month before, for the leak detector."""
    now = last.filter(pl.col("fate").is_in(["leaves", "stays"]))
    if before is not None:
        now = now.join(before.select("customer_id"), on="customer_id", how="semi", maintain_order="left")
        before = before.join(now.select("customer_id"), on="customer_id", how="semi", maintain_order="left")
    return now, features, (now["fate"] == "leaves").to_numpy().astype(np.int64), before
