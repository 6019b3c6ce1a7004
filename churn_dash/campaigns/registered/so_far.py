"""The register: every campaign with its kind, dates, design, evidence, effect, cost, return, step and lessons. Source: METHODS A1 7.3.3."""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from churn_dash.access import Scope
from churn_dash.campaigns.groups.branches import MONTHLY_CHURN
from churn_dash.campaigns.groups.extract import Extract
from churn_dash.campaigns.judged.evaluation import Evaluation
from churn_dash.campaigns.judged.money import Money, Prices
from churn_dash.campaigns.judged.register import Entry, register
from churn_dash.campaigns.registered.lessons import Lesson
from churn_dash.campaigns.registered.shrunken import FORMULA, NOTE, Shrunken, shrunken
from churn_dash.campaigns.registered.steps import Advice, Step, advice, problem_words
from churn_dash.contract.campaign_kinds import kind
from churn_dash.measures.statistics.estimates import NOTHING, Estimate
from churn_dash.store.reading import full_table
from churn_dash.words import Text, _


@dataclass(frozen=True)
class Line:
    """One campaign, or one of its groups. ``shrunken`` is its gain drawn towards that of the others of evidence A."""

    entry: Entry
    kind: str | None
    start: datetime.date | None
    end: datetime.date | None
    design: str | None
    advice: Advice
    lessons: tuple[Lesson, ...] = ()
    shrunken: Estimate = NOTHING

    @property
    def money(self) -> Money | None:
        """Return; None where nothing was judged by who stayed."""
        return self.entry.evaluation.money.get(self.entry.arm or "") if self.entry.evaluation else None

    @property
    def cost(self) -> float | None:
        """What it cost, CNY, whatever it is judged by; None where that cannot be told."""
        spent = self.entry.evaluation.spent if self.entry.evaluation else None
        if spent is None:
            return None
        return sum(spent.values()) if self.entry.arm is None else spent.get(self.entry.arm)

    @property
    def no_return(self) -> Text | None:
        """Why there is no return; None where there is one, or nothing was judged."""
        found = self.entry.evaluation
        if found is None or not found.due or (self.money is not None and self.money.roi is not None):
            return None
        return _no_return(found, self.cost)

    @property
    def effect(self) -> Estimate:
        """The difference between the groups with its interval."""
        e = self.entry.effect
        return NOTHING if e is None else Estimate(e.difference, e.low, e.high, e.treated.known + e.base.known)

    @property
    def gain(self) -> Estimate:
        """The same, positive where better: customers kept of each who was asked."""
        e = self.effect
        if self.entry.effect is None or e.value is None or self.entry.effect.outcome.better == "up":
            return e
        return Estimate(-e.value, None if e.high is None else -e.high, None if e.low is None else -e.low, e.n)

    @property
    def why(self) -> Text | None:
        """Why the evidence has its grade, or why there is none."""
        entry = self.entry
        if entry.evaluation is not None:
            return entry.evaluation.evidence.why
        return problem_words(entry.problem) if entry.problem is not None else None

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it."""
        entry, money = self.entry, self.money
        evaluation = entry.evaluation
        return {
            "campaign": entry.campaign_id,
            "name": entry.name,
            "arm": entry.arm,
            "type": self.kind,
            "start": self.start and self.start.isoformat(),
            "end": self.end and self.end.isoformat(),
            "design": self.design,
            "grade": entry.grade,
            "why": evaluation.evidence.why.in_(language)
            if evaluation
            else (problem_words(entry.problem).in_(language) if entry.problem else None),
            "status": entry.status,
            "effect": _plain(self.effect),
            "naive": evaluation.naive.as_json(language) if evaluation else None,
            "cost": self.cost,
            "roi": money and {"value": money.roi, "low": money.roi_low, "high": money.roi_high},
            "roi_why": self.no_return and self.no_return.in_(language),
            "shrunken": _plain(self.shrunken),
            "step": self.advice.step,
            "step_why": self.advice.why.in_(language),
            "lessons": [one.as_json() for one in self.lessons],
        }


def _no_return(e: Evaluation, cost: float | None) -> Text:
    """The first thing that a return lacks."""
    if cost is None:
        return Text(_("No return: what it cost cannot be told."))
    if e.control is None:
        return Text(_("No return: nobody was held out, so nobody knows how many would have stayed anyway."))
    if e.outcome.name == MONTHLY_CHURN.name:
        return Text(_("No return: it is judged by how many leave whole branches each month, and not by its own members."))
    if not e.outcome.saves:
        return Text(_("No return: it is judged by {outcome}, which counts no customers kept."), outcome=e.outcome.label)
    if e.grade != "A":
        return Text(_("No return: its evidence is {grade}, so the customers kept may not be its doing."), grade=e.grade)
    return Text(_("No return: it cost nothing."))


def _plain(e: Estimate) -> dict[str, float | int | None]:
    return {"value": e.value, "low": e.low, "high": e.high, "n": e.n}


@dataclass(frozen=True)
class SoFar:
    """Every campaign by its start, and how their effects vary beyond chance (None below three of evidence A)."""

    lines: tuple[Line, ...]
    spread: Shrunken | None = None

    def count(self, step: Step) -> int:
        """How many get this advice."""
        return sum(1 for x in self.lines if x.advice.step == step)

    def taught(self, learned: Mapping[str, list[Lesson]]) -> "SoFar":
        """The same register with these lessons."""
        return replace(self, lines=tuple(replace(x, lessons=tuple(learned.get(x.entry.campaign_id, ()))) for x in self.lines))

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it."""
        curse: dict[str, Any] = {"note": Text(NOTE).in_(language)}
        if self.spread is not None:
            curse |= {"mean": _plain(self.spread.mean), "tau2": self.spread.tau2, "formula": FORMULA}
        return {"campaigns": [x.as_json(language) for x in self.lines], "winners_curse": curse}


def so_far(
    ds: Extract,
    scope: Scope,
    definition: str | None = None,
    prices: Prices = Prices(),  # noqa: B008
    learned: Mapping[str, list[Lesson]] | None = None,
    judge: Callable[[str], Evaluation] | None = None,
    told: Callable[[Text, float], None] | None = None,
) -> SoFar:
    """The register. ``judge`` and ``told`` as for ``register``; ``learned``: the lessons by campaign."""
    entries = register(ds, definition, prices, judge, told, scope=scope)
    about = _about(ds)
    lines = [_line(e, about.get(e.campaign_id, _Facts()), tuple((learned or {}).get(e.campaign_id, ()))) for e in entries]
    compared = [i for i, x in enumerate(lines) if _comparable(x)]
    found = shrunken([lines[i].gain for i in compared])
    if found is None:
        return SoFar(tuple(lines))
    drawn = dict(zip(compared, found.effects, strict=True))
    return SoFar(tuple(_with(x, drawn[i]) if i in drawn else x for i, x in enumerate(lines)), found)


@dataclass(frozen=True)
class _Facts:
    kind: str | None = None
    start: datetime.date | None = None
    end: datetime.date | None = None
    design: str | None = None


def _about(ds: Extract) -> dict[str, _Facts]:
    table = full_table(ds, "campaigns")
    if table is None:
        return {}
    rows = table.select("campaign_id", "type", "start_date", "end_date", "design").iter_rows()
    return {number: _Facts(kind(word), start, end, design) for number, word, start, end, design in rows}


def _line(entry: Entry, facts: _Facts, learned: tuple[Lesson, ...]) -> Line:
    design = entry.evaluation.design if entry.evaluation else facts.design
    return Line(entry, facts.kind, facts.start, facts.end, design, advice(entry, facts.kind), learned)


def _comparable(line: Line) -> bool:
    """Effects of evidence A on who stays, with a range: one unit, so that they may stand in one mean."""
    e = line.entry
    due = e.status in ("worked", "worse", "unconfirmed")
    return e.grade == "A" and due and line.kind != "test" and e.effect is not None and e.effect.outcome.saves and e.effect.low is not None


def _with(line: Line, drawn: Estimate) -> Line:
    return replace(line, shrunken=drawn)
