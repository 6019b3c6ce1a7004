"""Customers kept beyond what would have stayed anyway: campaigns with a random hold-out, taken together. Sources: METHODS B5, C2.

Saves of a campaign are its gain times its members, with Newcombe's interval; of several the saves add up, and the distances to the ends
of their intervals by squares. Raw saves count nowhere.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from churn_dash.campaigns import Entry, Evaluation, register
from churn_dash.campaigns.estimators.effects import Effect, Group, effect
from churn_dash.campaigns.judged.money import Prices, per_save
from churn_dash.contract.campaign_kinds import TEST, kind
from churn_dash.errors import ChurnDashError
from churn_dash.evaluation.indicators.figures import Figure, Step, Told
from churn_dash.marks import _
from churn_dash.measures.filters import Period
from churn_dash.measures.question import Question
from churn_dash.measures.statistics.estimates import NOTHING, Estimate
from churn_dash.store import Dataset
from churn_dash.words import Money, Text, say

SAVES = ("save_rate", "cost_per_save", "roi")


@dataclass(frozen=True)
class Saved:
    """One campaign: members with an outcome in all treated groups, saves with their interval, and the cost in CNY."""

    campaign_id: str
    name: str
    n: int
    saves: Estimate
    cost: float
    stayed: int
    """Members of the treated groups who stayed, whoever would have stayed anyway."""
    evaluation: Evaluation

    @property
    def rate(self) -> float | None:
        """Saves a member."""
        return None if self.saves.value is None or not self.n else self.saves.value / self.n

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return {"campaign": self.campaign_id, "name": self.name, "n": self.n, "saves": self.saves.value, "cost": self.cost}


@dataclass(frozen=True)
class Pool:
    """Campaigns taken together. ``left_out`` says of every other campaign why it does not count. Amounts in CNY."""

    campaigns: tuple[Saved, ...] = ()
    left_out: tuple[tuple[str, Told], ...] = ()
    value_per_save: float = 0.0
    why_not: Told | None = None

    @property
    def n(self) -> int:
        """Members with an outcome."""
        return sum(c.n for c in self.campaigns)

    @property
    def cost(self) -> float:
        return sum(c.cost for c in self.campaigns)

    @property
    def saves(self) -> Estimate:
        """All saves with their interval."""
        return total([c.saves for c in self.campaigns])

    @property
    def rate(self) -> Estimate:
        """Saves a member."""
        return times(self.saves, 1 / self.n, self.n) if self.n else NOTHING

    @property
    def cost_per_save(self) -> Estimate:
        """None where nobody more was kept; without an upper end where the interval of the saves reaches down to none."""
        return per_save(self.saves, self.cost, self.n)

    @property
    def naive_cost_per_save(self) -> float | None:
        """What a count of everybody who stayed would claim that a customer kept costs, CNY."""
        stayed = sum(c.stayed for c in self.campaigns)
        return self.cost / stayed if stayed else None

    @property
    def naive_rate(self) -> float | None:
        """The share of the members who stayed, as if nobody would have stayed anyway (METHODS B5)."""
        return sum(c.stayed for c in self.campaigns) / self.n if self.n else None

    @property
    def naive_roi(self) -> float | None:
        """The return if everybody who stayed counted as kept; None without a cost."""
        stayed = sum(c.stayed for c in self.campaigns)
        return (stayed * self.value_per_save - self.cost) / self.cost if self.cost > 0 else None

    @property
    def net(self) -> Estimate:
        """What the saves are worth less what they cost."""
        worth = times(self.saves, self.value_per_save, self.n)
        return _less(worth, self.cost)

    @property
    def roi(self) -> Estimate:
        """Net return per yuan spent; None without a cost."""
        return times(self.net, 1 / self.cost, self.n) if self.cost > 0 else NOTHING

    @property
    def break_even(self) -> float | None:
        """The save rate at which the campaigns pay for themselves: cost / (members · value). METHODS C11."""
        return self.cost / (self.n * self.value_per_save) if self.n and self.value_per_save > 0 else None

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "campaigns": [c.as_json() for c in self.campaigns],
            "left_out": [{"campaign": name, "why": say(why, language)} for name, why in self.left_out],
            "members": self.n,
            "saves": self.saves.value,
            "saves_low": self.saves.low,
            "saves_high": self.saves.high,
            "cost": self.cost,
            "net": self.net.value,
            "break_even_save_rate": self.break_even,
            "naive_cost_per_save": self.naive_cost_per_save,
        }


def pooled(question: Question, prices: Prices) -> Pool:
    """The campaigns that count; with a period those that began in it."""
    ds = question.ds
    try:
        entries = register(ds, question.chosen, prices, scope=question.scope, drawn_only=True)
    except ChurnDashError as problem:
        return Pool(value_per_save=prices.worth, why_not=problem)
    kinds, seen, counted, left_out = _kinds(ds), set(), [], []
    for entry in entries:
        if entry.campaign_id in seen:
            continue
        seen.add(entry.campaign_id)
        why = _left_out(entry, kinds.get(entry.campaign_id, ""), question.period)
        if why is not None or entry.evaluation is None:
            left_out.append((entry.name, why or Text(_("It cannot be judged."))))
        else:
            counted.append(saved(entry.evaluation))
    why_not = None if counted else _why_none(bool(entries), question.period)
    return Pool(tuple(counted), tuple(left_out), prices.worth, why_not)


def saved(judged: Evaluation) -> Saved:
    """One campaign, its treated groups taken together; a single one as it was judged, within strata where it was drawn so."""
    base = next(g for g in judged.groups if g.arm == judged.control)
    treated = [g for g in judged.groups if g is not base]
    e = judged.effects[0] if len(judged.effects) == 1 else effect(judged.outcome, together(treated), base)
    cost = sum((judged.spent or {}).values())
    return Saved(judged.campaign_id or "", judged.name or "", e.treated.known, saves_of(e), cost, _stayed(judged), judged)


def _stayed(judged: Evaluation) -> int:
    up = judged.outcome.better == "up"
    return sum(g.cases if up else g.known - g.cases for g in judged.groups if g.arm != judged.control)


def together(groups: Sequence[Group]) -> Group:
    """Several groups with a yes-or-no outcome as one."""
    if len(groups) == 1:
        return groups[0]
    known, cases = sum(g.known for g in groups), sum(g.cases for g in groups)
    return Group("treated", "treated", sum(g.n for g in groups), known, cases / known if known else None, None)


def saves_of(e: Effect) -> Estimate:
    """Members kept beyond the hold-out's rate, with the interval carried through."""
    if e.gain is None:
        return NOTHING
    sign, n = (1 if e.outcome.better == "up" else -1), e.treated.known
    ends = sorted(sign * x * n for x in (e.low, e.high) if x is not None)
    low, high = ends if len(ends) == 2 else (None, None)
    return Estimate(e.gain * n, low, high, n)


def saves_figures(pool: Pool) -> list[Figure]:
    """The three lines that campaigns give; the trend is by campaign."""
    if pool.why_not is not None:
        return [Figure(key, why_not=pool.why_not) for key in SAVES]
    names = ", ".join(c.name for c in pool.campaigns)
    note = Text(_("From: {names}."), names=names)
    per = [(c.name, c.rate, per_save(c.saves, c.cost, c.n).value, _roi(c, pool.value_per_save)) for c in pool.campaigns]
    steps = [tuple(Step(name, row[i]) for name, *row in per) for i in range(3)]
    naive = pool.naive_cost_per_save
    claimed = _("From: {names}. Counting everybody who stayed would claim {cost}.")
    beside = note if naive is None else Text(claimed, names=names, cost=Money(naive))
    none_kept = Text(_("No increment: no more customers stayed than in the hold-out, so that no save has a cost."))
    no_cost = Text(_("The campaigns cost nothing as far as the data say, so that no return on cost can be told."))
    return [
        Figure("save_rate", pool.rate, steps[0], "A", note, naive=pool.naive_rate),
        Figure(
            "cost_per_save",
            pool.cost_per_save,
            steps[1],
            "A",
            beside,
            None if pool.cost_per_save.value is not None else none_kept,
            naive=naive,
        ),
        Figure("roi", pool.roi, steps[2], "A", note, None if pool.roi.value is not None else no_cost, naive=pool.naive_roi),
    ]


def _roi(c: Saved, value: float) -> float | None:
    return None if c.saves.value is None or c.cost <= 0 else (c.saves.value * value - c.cost) / c.cost


def _kinds(ds: Dataset) -> dict[str, str]:
    table = ds.table("campaigns")
    if table is None or "type" not in table.columns:
        return {}
    return {i: kind(word) or "" for i, word in table.select("campaign_id", pl.col("type").cast(pl.String)).iter_rows()}


def _left_out(entry: Entry, sort: str, period: Period | None) -> Told | None:
    """Why a campaign does not count; None where it does."""
    if entry.problem is not None:
        return entry.problem
    e = entry.evaluation
    assert e is not None
    if period is not None and (e.start is None or not period.start <= e.start <= period.last_day):
        return Text(_("It did not begin in these months."))
    if not e.due:
        return Text(_("It can be judged from {date} on."), date=e.evaluated_on)
    if sort == TEST:
        return Text(_("It checks the draw: nothing was offered."))
    if e.grade != "A":
        return Text(_("Evidence below A: no hold-out drawn at random that passed its checks."))
    if not e.outcome.saves or not e.effects:
        return Text(_("It is judged by something other than who stayed."))
    if e.spent is None:
        return Text(_("A cost of it is negative, so what it cost and brought is not known."))
    return None


def _why_none(any_campaign: bool, period: Period | None) -> Text:
    if not any_campaign:
        return Text(_("No campaign has been loaded."))
    if period is not None:
        return Text(_("No campaign with a random hold-out began in these months and is due."))
    return Text(_("No campaign with a random hold-out is due: who would have stayed anyway is not known, and raw saves are not counted."))


def total(parts: Sequence[Estimate]) -> Estimate:
    """The sum of independent estimates."""
    if not parts or any(p.value is None for p in parts):
        return NOTHING
    total, n = sum(p.value or 0.0 for p in parts), sum(p.n for p in parts)
    if any(p.low is None or p.high is None for p in parts):
        return Estimate(total, n=n)
    below = math.sqrt(sum(((p.value or 0.0) - (p.low or 0.0)) ** 2 for p in parts))
    above = math.sqrt(sum(((p.high or 0.0) - (p.value or 0.0)) ** 2 for p in parts))
    return Estimate(total, total - below, total + above, n)


def times(e: Estimate, factor: float, n: int) -> Estimate:
    """An estimate and its interval times a factor above 0; ``n`` as given."""
    low, high = (None if x is None else x * factor for x in (e.low, e.high))
    return Estimate(None if e.value is None else e.value * factor, low, high, n)


def _less(e: Estimate, amount: float) -> Estimate:
    low, high = (None if x is None else x - amount for x in (e.low, e.high))
    return Estimate(None if e.value is None else e.value - amount, low, high, e.n)
