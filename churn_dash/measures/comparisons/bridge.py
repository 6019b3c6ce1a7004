"""Why churn moved between two periods: corrected data, another definition or other settings of it, another mix, other rates.

The steps add up exactly.

Source: Kitagawa 1955 (``measures.decomposition``), METHODS B0.
"""

from dataclasses import dataclass
from typing import Any

from churn_dash.contract import ChurnDefinition
from churn_dash.contract.definitions import Settings, with_settings
from churn_dash.contract.few import ONE_LIST, TOO_FEW
from churn_dash.errors import BadInput, NotPossible
from churn_dash.marks import _
from churn_dash.measures.comparisons.bridge_rates import Counted, Rates, moved_range, rate_range
from churn_dash.measures.comparisons.former import resettled
from churn_dash.measures.filters import Period, dimension
from churn_dash.measures.question import Question, definition_of
from churn_dash.measures.statistics.decomposition import Decomposition, Part, decomposed
from churn_dash.measures.statistics.intervals import ends
from churn_dash.store import Dataset, Dimension, Official, shifted
from churn_dash.words import Month


@dataclass(frozen=True)
class Side:
    """One end of the bridge: what was measured, and its rate (0–1) with its 95 % range and customers.

    ``since`` and ``title``: the day from which the settings were official, and the name given then; None while nothing was.
    """

    version: int
    definition: str
    settings: Settings
    since: str | None
    title: str | None
    period: Period
    rate: float
    low: float | None
    high: float | None
    n: int
    provisional: bool


@dataclass(frozen=True)
class Contribution:
    """One level of the dimension (None: not known) before and after, and what it contributes to the change (0.01: one point).

    ``n`` are customers; shares, of customers or of balances, and rates are 0–1; a rate is None where the level was not there.
    """

    level: str | None
    n_before: int
    n_after: int
    lost_before: int
    lost_after: int
    share_before: float
    share_after: float
    rate_before: float | None
    rate_after: float | None
    mix: float
    rate: float

    @property
    def change(self) -> float:
        """Mix and rate together."""
        return self.mix + self.rate


@dataclass(frozen=True)
class Bridge:
    """The change of churn and its parts: ``after.rate − before.rate = data + definition + settings + mix + rate``.

    ``rate_low``, ``rate_high``: 95 % range of the rate part; ``moved_low``, ``moved_high``: of mix and rate together, the change by
    the same data and definition. None where a level lacks a range, or the months are the same. ``paradox``: the total moved one
    way while every level with at least ``TOO_FEW`` customers moved the other way or not at all (Simpson).
    """

    dimension: str
    count: Counted
    before: Side
    after: Side
    data: float
    definition: float
    settings: float
    mix: float
    rate: float
    rate_low: float | None
    rate_high: float | None
    moved_low: float | None
    moved_high: float | None
    levels: tuple[Contribution, ...]
    paradox: bool

    @property
    def change(self) -> float:
        """How far the rate moved."""
        return self.after.rate - self.before.rate

    @property
    def moved(self) -> bool:
        """Whether other months are compared: only then do mix and rates say anything."""
        return self.before.period != self.after.period

    @property
    def resettled(self) -> bool:
        """Whether the definition asked for had other settings at the earlier end."""
        return resettled(self.before.settings, self.after.settings, with_settings(self.after.settings)[self.after.definition])

    @property
    def steps(self) -> dict[str, float]:
        """The parts that there are, in order: data, definition and settings where they were asked about, mix and rate where the months
        differ."""
        found = {"data": self.data} if self.before.version != self.after.version else {}
        found |= {"definition": self.definition} if self.before.definition != self.after.definition else {}
        found |= {"settings": self.settings} if self.resettled else {}
        return found | ({"mix": self.mix, "rate": self.rate} if self.moved else {})

    @property
    def most(self) -> Contribution | None:
        """The level that contributes most in the direction of the rates and the mix together; None where nothing moved."""
        moved = self.mix + self.rate
        found = max(self.levels, key=lambda c: c.change if moved >= 0 else -c.change, default=None)
        return found if found is not None and abs(found.change) > 0 else None


def earlier(ds: Dataset, period: Period) -> Period:
    """What to compare with where nothing is said: the same months a year before, else the months just before.

    Raises ``NotPossible`` where the data do not reach back so far.
    """
    first = ds.measurable[0]
    before = Period(shifted(period.start, -period.n_months), shifted(period.end, -period.n_months))
    found = next((p for p in (period.year_before, before) if p.start >= first and p.end < period.start), None)
    if found is None:
        raise NotPossible(
            _("There are no {n} months before {start} to compare with: the data measure {first} to {last}."),
            n=period.n_months, start=Month(period.start), first=Month(first), last=Month(ds.measurable[-1]),
        )  # fmt: skip
    return found


def bridge(
    question: Question,
    by: str,
    against: Period | None = None,
    against_definition: str | None = None,
    against_ds: Dataset | None = None,
    against_official: Official | None = None,
    count: Counted = "heads",
) -> Bridge:
    """The change of churn from ``against`` to ``period``, by customers (``heads``) or by balances (``aum``), over the levels of ``by``.

    Without a period the last twelve complete months; without ``against`` see ``earlier``. The steps are walked in this order, each
    holding the others still: the data (the earlier months in the other data version), the definition (the earlier months by both),
    its settings (the earlier months with those of ``against_official`` and those in force), then mix and rate from the earlier
    months to the later ones, by the data, the definition and the settings in force. ``against_official`` also says the definition
    of the comparison, unless ``against_definition`` does.

    Raises ``NotPossible`` for data without months, for months, definitions or balances that they lack, where nobody matches, and
    ``BadInput`` for periods of different length: their rates do not compare.
    """
    ds = question.ds
    if ds.shape != "panel":
        raise NotPossible(ONE_LIST, what=_("Why churn moved needs months: these data hold one row a customer"))
    found, chosen = dimension(ds, by), question.chosen
    now = question.months
    base = against if against is not None else earlier(ds, now)
    if base.n_months != now.n_months:
        raise BadInput(
            _("A rate over {n} months does not compare with one over {m}: choose two periods of the same length."),
            n=now.n_months,
            m=base.n_months,
        )
    was = against_official.settings if against_official is not None else ds.settings
    rules = with_settings(was)
    old = definition_of(against_ds or ds, against_definition or (against_official.definition if against_official else chosen))
    early = Rates.of(question.over(base), found, count)
    late = early if now == base else Rates.of(question, found, count)
    if not rules[chosen].forms:
        raise NotPossible(_("Before, no own definition was put together: choose another definition to compare with that time."))
    reset = resettled(was, ds.settings, rules[chosen])
    set_so = Rates.under(question.over(base), rules[chosen], count) if reset else early
    by_old = set_so if old == chosen else _then(question.over(base), found, rules[definition_of(ds, old)], count)
    start = (
        by_old
        if against_ds is None
        else _then(
            Question(against_ds, question.scope, filters=question.filters, period=base), dimension(against_ds, by), rules[old], count
        )
    )
    split = decomposed(early.sums, late.sums)
    rates = [r.whole for r in (start, by_old, set_so, early, late)]
    data, redefined, reset_by = rates[1] - rates[0], rates[2] - rates[1], rates[3] - rates[2]
    assert rates[4] - rates[0] == data + redefined + reset_by + split.mix + split.rate
    return Bridge(
        found.name,
        count,
        _side(start, against_ds or ds, base, rules[old], against_official or ds.official),
        _side(late, ds, now, ds.rules[chosen], ds.official),
        float(data),
        float(redefined),
        float(reset_by),
        float(split.mix),
        float(split.rate),
        *ends(None if late is early else rate_range(split, early, late)),
        *ends(None if late is early else moved_range(early, late)),
        tuple(_contribution(p, early, late) for p in split.parts),
        paradox(split, {level: (early.n.get(level, 0), late.n.get(level, 0)) for level in {*early.n, *late.n}}),
    )


def paradox(split: Decomposition[Any], n: dict[Any, tuple[int, int]]) -> bool:
    """Whether the total moves one way while every level of at least ``TOO_FEW`` customers moves the other way or not at all.

    Two levels are needed to disagree with the total.
    """
    moved = split.after - split.before
    large = [p for p in split.parts if min(n[p.level]) >= TOO_FEW and p.rate_before is not None and p.rate_after is not None]
    turns = [(p.rate_after - p.rate_before) * moved for p in large if p.rate_after is not None and p.rate_before is not None]
    return bool(moved) and len(turns) > 1 and all(t <= 0 for t in turns)


def _then(question: Question, found: Dimension, rule: ChurnDefinition, count: Counted) -> Rates:
    """By a definition with the settings of its day: of those in force the levels too, of others the whole."""
    if resettled(rule.settings, question.ds.settings, rule):
        return Rates.under(question, rule, count)
    return Rates.of(question.by_definition(rule.name), found, count)


def _side(found: Rates, ds: Dataset, period: Period, rule: ChurnDefinition, official: Official | None) -> Side:
    unsettled = rule.unsettled_months
    provisional = bool(unsettled) and period.end in ds.measurable[-unsettled:]
    since, title = (official.since or None, official.title or None) if official is not None else (None, None)
    n, rate = sum(found.n.values()), float(found.whole)
    return Side(ds.version, rule.name, rule.settings, since, title, period, rate, found.low, found.high, n, provisional)


def _contribution(part: Part[str | None], early: Rates, late: Rates) -> Contribution:
    return Contribution(
        part.level,
        early.n.get(part.level, 0),
        late.n.get(part.level, 0),
        early.lost.get(part.level, 0),
        late.lost.get(part.level, 0),
        float(part.share_before),
        float(part.share_after),
        None if part.rate_before is None else float(part.rate_before),
        None if part.rate_after is None else float(part.rate_after),
        float(part.mix),
        float(part.rate),
    )
