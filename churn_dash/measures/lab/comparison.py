"""Definitions of churn side by side on the same customers. Source: METHODS B0, B1, B3; PRODUCT, definition lab."""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from churn_dash.contract.calendar import shifted
from churn_dash.contract.definitions import ChurnDefinition, with_settings
from churn_dash.contract.few import ONE_LIST
from churn_dash.errors import NotPossible
from churn_dash.marks import _
from churn_dash.measures.filters import Period
from churn_dash.measures.lab.outcomes import leave_of, outcomes
from churn_dash.measures.lab.relabelled import changed, relabelled
from churn_dash.measures.lab.united import united
from churn_dash.measures.question import Question
from churn_dash.measures.statistics.intervals import Interval, ratio_of_sums, wilson
from churn_dash.measures.tag import named
from churn_dash.store import Dataset
from churn_dash.store.lacking import too_short
from churn_dash.words import Text

HORIZON = 6
"""Months after the period in which somebody may still really leave, and in which somebody lost may come back by themselves."""


@dataclass(frozen=True)
class Share:
    """How many of how many, as 0–1 with its 95 % Wilson interval; None where nobody counts."""

    n: int
    of: int

    @property
    def value(self) -> float | None:
        return self.n / self.of if self.of else None

    @property
    def interval(self) -> Interval | None:
        return wilson(self.n, self.of)

    def as_json(self) -> dict[str, Any]:
        """Value, interval and counts."""
        found = self.interval
        return {"value": self.value, "low": found and found.low, "high": found and found.high, "n": self.n, "of": self.of}


@dataclass(frozen=True)
class Judged:
    """One definition over the period.

    ``heads``: lost of those active at its start, which is the churn rate (METHODS B1): each definition has its own base.
    ``heads_same``: lost of the customers there at the start by every definition (``Lab.same``), one base for all. ``aum_share`` and
    ``aum_interval``: heads in balances; None where balances are not known. ``before``: heads in the same months a year earlier.
    ``only``: lost by this form and no other, of all the same customers lost by any; None for a definition of several forms.
    ``caught``: of those who really left, whom it had found by then; None for a definition that waits for that leave itself.
    ``recovered``: of those it found lost, who came back by themselves within the horizon. ``lead_days``: the median of days from
    being found lost to really leaving, of those it found before; ``n_lead`` of them.
    """

    name: str
    tag: Text
    changed: bool
    heads: Share
    heads_same: Share
    aum_lost: float | None
    aum_share: float | None
    aum_interval: Interval | None
    before: Share | None
    only: Share | None
    caught: Share | None
    recovered: Share
    lead_days: float | None
    n_lead: int

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        spread = self.aum_interval
        aum = {"value": self.aum_share, "low": spread and spread.low, "high": spread and spread.high, "lost": self.aum_lost}
        shares = {name: getattr(self, name) for name in ("heads", "heads_same", "before", "only", "caught", "recovered")}
        return {
            "name": self.name,
            "tag": str(self.tag),
            "changed": self.changed,
            **{name: share and share.as_json() for name, share in shares.items()},
            "aum": aum,
            "lead_days": self.lead_days,
            "n_lead": self.n_lead,
        }


@dataclass(frozen=True)
class Overlap:
    """Customers lost by exactly these definitions, and their balances at the start."""

    names: tuple[str, ...]
    n: int
    aum: float | None


@dataclass(frozen=True)
class Lab:
    """``same``: customers active at the start by every definition of one form; ``overlaps`` are of them, by those definitions, largest
    first. ``leavers``: how many of them really left, by ``leave``, until ``until``, the end of the horizon or of the data."""

    period: Period
    year_before: Period | None
    same: int
    judged: tuple[Judged, ...]
    overlaps: tuple[Overlap, ...]
    leave: str | None
    leavers: int
    until: datetime.date
    horizon: int

    def of(self, name: str) -> Judged:
        """One of them by name."""
        return next(j for j in self.judged if j.name == name)

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it; documented in docs/CLI.md."""
        return {
            "from": f"{self.period.start:%Y-%m}",
            "to": f"{self.period.end:%Y-%m}",
            "same": self.same,
            "leave": self.leave,
            "leavers": self.leavers,
            "until": self.until.isoformat(),
            "horizon": self.horizon,
            "definitions": [j.as_json() for j in self.judged],
            "overlaps": [{"definitions": list(o.names), "n": o.n, "aum": o.aum} for o in self.overlaps],
        }


def compare_definitions(
    question: Question, rules: Mapping[str, ChurnDefinition], horizon: int = HORIZON, progress: Callable[[Text, float], None] | None = None
) -> Lab:
    """The definitions in ``rules`` that the data can answer, with their settings, whatever the data were derived with.

    Raises ``NotPossible`` for data without months, or that can answer none of them.
    """
    ds = question.ds
    say = progress or (lambda text, share: None)
    asked = answerable(ds, rules)
    whole = question.months
    say(Text(_("Following the customers of the start")), 0.1)
    other = seen_otherwise(ds, asked)
    rows, leave = outcomes(question, asked, other), leave_of(ds)
    earlier = whole.year_before if whole.year_before.start >= ds.measurable[0] else None
    before: dict[str, Share] = {}
    if earlier is not None:
        say(Text(_("Following those of a year before")), 0.5)
        past = outcomes(question.over(earlier), asked, other)
        before = {name: _heads(past, name, earlier) for name in asked}
    say(Text(_("Laying the definitions over one another")), 0.8)
    data_end = ds.data_end or whole.last_day
    until = min(data_end, _end_of(shifted(whole.end, horizon)))
    same, lost = alike(rows, asked, whole)
    anybody = same.filter(pl.any_horizontal(lost.values()))
    overlaps = _overlaps(anybody, lost)
    left = same.filter(pl.col("gone").is_not_null() & (pl.col("gone") <= until) & (pl.col("gone") >= whole.start))
    waits = {leave} if ds.closings else {"close", "absent"}
    judged = []
    for name, definition in asked.items():
        no_other = next((o.n for o in overlaps if o.names == (name,)), 0)
        own = rows.filter(f"{name}_active")
        aum = _aum(own, name, whole)
        found = left.filter(pl.col(f"{name}_lost") <= pl.col("gone"))
        ahead = found.filter(pl.col(f"{name}_lost") < pl.col("gone"))
        lead = (ahead["gone"] - ahead[f"{name}_lost"]).dt.total_days().median() if len(ahead) else None
        judged.append(
            Judged(
                name=name,
                tag=named(definition, ds.closings),
                changed=changed(ds, definition),
                heads=_heads(rows, name, whole),
                heads_same=Share(same.filter(is_lost(name, whole)).height, same.height),
                aum_lost=aum[0],
                aum_share=aum[1],
                aum_interval=aum[2],
                before=before.get(name),
                only=Share(no_other, anybody.height) if name in lost else None,
                caught=Share(found.height, left.height) if leave and not waits & set(definition.forms) else None,
                recovered=_recovered(own, name, whole, data_end, horizon),
                lead_days=float(lead) if isinstance(lead, int | float) else None,
                n_lead=ahead.height,
            )
        )
    return Lab(whole, earlier, same.height, tuple(judged), overlaps, leave, left.height, until, horizon)


def answerable(ds: Dataset, rules: Mapping[str, ChurnDefinition]) -> dict[str, ChurnDefinition]:
    """Those of the definitions that the data can answer."""
    if ds.shape != "panel":
        raise NotPossible(ONE_LIST, what=_("Definitions can be compared over months: these data hold one row a customer"))
    asked = {name: d for name, d in rules.items() if _there(ds, d) and too_short(ds, d) is None}
    if not asked:
        raise NotPossible(_("These data can answer none of these definitions: they need closing dates, transactions or balances by month."))
    return asked


def _there(ds: Dataset, definition: ChurnDefinition) -> bool:
    """An own definition can be answered where each of its forms can, whether it was derived or not."""
    if definition.name == "own":
        return bool(definition.forms) and set(definition.forms) <= set(ds.definitions)
    return definition.name in ds.definitions


def seen_otherwise(ds: Dataset, asked: Mapping[str, ChurnDefinition]) -> dict[str, pl.DataFrame]:
    """What definitions with other settings than the data were derived with say of the few who come near them."""
    own = {name: d for name, d in asked.items() if name == "own" and changed(ds, d)}
    parts: dict[str, ChurnDefinition] = {form: with_settings(d.settings)[form] for d in own.values() for form in d.forms}
    moved = {name: d for name, d in (parts | dict(asked)).items() if name not in own and changed(ds, d)}
    # Many come near a downgrade, few near the other rules: looked at apart, the few stay few.
    tiers = {name: d for name, d in moved.items() if "tier_down" in d.forms}
    found = relabelled(ds, tiers) | relabelled(ds, {name: d for name, d in moved.items() if name not in tiers})
    return found | {name: united(ds, d.forms, found) for name, d in own.items()}


def alike(rows: pl.DataFrame, asked: Mapping[str, ChurnDefinition], period: Period) -> tuple[pl.DataFrame, dict[str, pl.Expr]]:
    """The customers active by every definition of one form, and who of them is lost by each."""
    alone = [name for name, d in asked.items() if len(d.forms) == 1] or list(asked)
    return rows.filter(pl.all_horizontal(f"{name}_active" for name in alone)), {name: is_lost(name, period) for name in alone}


def _end_of(month: datetime.date) -> datetime.date:
    return Period(month, month).last_day


def is_lost(name: str, period: Period) -> pl.Expr:
    """Whether a row of ``outcomes`` was active at the start of the period and is lost by its end, by the definition ``name``."""
    return (pl.col(f"{name}_active") & (pl.col(f"{name}_lost") <= period.last_day)).fill_null(False)


def _heads(rows: pl.DataFrame, name: str, period: Period) -> Share:
    return Share(int(rows.select(is_lost(name, period).sum()).item()), int(rows[f"{name}_active"].sum()))


def _aum(own: pl.DataFrame, name: str, period: Period) -> tuple[float | None, float | None, Interval | None]:
    """Balances lost, their share of all, and its interval; None where no balance is known."""
    if not own["aum"].is_not_null().any():
        return None, None, None
    x = own.select(pl.col("aum").fill_null(0.0), is_lost(name, period).alias("lost"))
    gone = x.filter("lost")["aum"]
    lost, base, lost_squares, squares = (float(v) for v in (gone.sum(), x["aum"].sum(), (gone**2).sum(), (x["aum"] ** 2).sum()))
    if not base:
        return lost, None, None
    return lost, lost / base, ratio_of_sums(lost, base, lost_squares, lost_squares, squares, x.height, within=(0.0, 1.0))


def _recovered(own: pl.DataFrame, name: str, period: Period, data_end: datetime.date, horizon: int) -> Share:
    """Of those found lost whose horizon lies inside the data, who came back in it."""
    deadline = pl.col(f"{name}_lost").dt.offset_by(f"{horizon}mo")
    followed = own.filter(is_lost(name, period) & (deadline <= data_end))
    return Share(followed.filter(pl.col(f"{name}_back") <= deadline).height, followed.height)


def _overlaps(anybody: pl.DataFrame, lost: Mapping[str, pl.Expr]) -> tuple[Overlap, ...]:
    flags = anybody.select("aum", *(expression.alias(name) for name, expression in lost.items()))
    known = bool(flags["aum"].is_not_null().any())
    rows = flags.group_by(list(lost)).agg(pl.len().alias("n"), pl.col("aum").sum())
    found = [
        Overlap(tuple(name for name in lost if r[name]), int(r["n"]), float(r["aum"]) if known else None)
        for r in rows.iter_rows(named=True)
    ]
    return tuple(sorted(found, key=lambda o: (-o.n, o.names)))
