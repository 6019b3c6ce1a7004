"""What is known of a campaign: groups, effects, evidence, verdict, the naive figure, and the money."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from churn_dash.campaigns.estimators.effects import Effect, Group, Outcome, corrected, effect
from churn_dash.campaigns.groups.beforehand import BEFORE
from churn_dash.campaigns.groups.checks import KNOWN, Checks, checks
from churn_dash.campaigns.groups.design import Evidence, Grade, evidence
from churn_dash.campaigns.groups.ladder import Rung
from churn_dash.campaigns.groups.likeness import Adjusted
from churn_dash.campaigns.groups.srm import ALARM, attrition_p
from churn_dash.campaigns.groups.trends import Trends
from churn_dash.campaigns.judged.bars import widened
from churn_dash.campaigns.judged.money import VALUE_PER_SAVE, Money, money
from churn_dash.campaigns.judged.refined import left_out_of_strata, refined
from churn_dash.campaigns.judged.verdict import DEAR, HARMFUL, Finding, Status, could_show, finding, no_holdout, not_due
from churn_dash.campaigns.outcomes.naive import Naive
from churn_dash.words import Count, Text, _


@dataclass(frozen=True)
class Evaluation:
    """One campaign judged.

    ``findings`` stand beside ``effects``, in the same order; without a hold-out, or before it is due, there is one.
    """

    outcome: Outcome
    design: str | None
    evidence: Evidence
    checks: Checks
    groups: tuple[Group, ...]
    control: str | None
    effects: tuple[Effect, ...]
    findings: tuple[Finding, ...]
    naive: Naive
    due: bool = True
    money: Mapping[str, Money] = field(default_factory=dict)
    notes: tuple[Text, ...] = ()
    campaign_id: str | None = None
    name: str | None = None
    definition: str | None = None
    start: datetime.date | None = None
    evaluated_on: datetime.date | None = None
    horizon_days: int | None = None
    declared: Outcome | None = None
    """The outcome that the campaign's table declares, where it is judged by another one."""
    spent: Mapping[str, float] | None = None
    """What each treated group cost, whatever it is judged by; None where that cannot be told."""

    ladder: tuple[Rung, ...] = ()
    trends: Trends | None = None
    adjusted: Mapping[str, Adjusted] = field(default_factory=dict)
    """By group, where it was made comparable."""

    @property
    def srm_p(self) -> float | None:
        """Chance of sizes at least this far from the planned shares; None where they are not tested."""
        return self.checks.sizes

    @property
    def grade(self) -> Grade:
        """The evidence grade."""
        return self.evidence.grade

    @property
    def status(self) -> Status:
        """The status of the first comparison."""
        return self.findings[0].status

    @property
    def withheld(self) -> bool:
        """Whether the draw is doubtful, so that no difference is shown to anybody as a result."""
        return self.status == "doubtful"

    @property
    def next_steps(self) -> tuple[str, ...]:
        """What to do next, each sentence once; marked. Never more than the grade allows, and not to go on with what does not pay."""
        told: dict[str, None] = {}
        paid = [self.money.get(e.arm) for e in self.effects]
        for i, found in enumerate(self.findings):
            money = paid[i] if i < len(paid) else None
            dear = found.status == "worked" and money is not None and money.roi_high is not None and money.roi_high < 0
            weaker = found.status == "worse" and self.grade != "A"
            told[DEAR if dear else HARMFUL if weaker else found.next_step] = None
        return tuple(told)

    @property
    def verdict(self) -> Text:
        """The verdict in whole sentences, one a comparison."""
        first, *rest = dict.fromkeys(f.verdict for f in self.findings)
        for more in rest:
            first = Text(_("{one} {more}"), one=first, more=more)
        return first

    @property
    def missing(self) -> dict[str, int]:
        """Members without an outcome, by group; they are in ``n`` and in no effect."""
        return {g.arm: g.missing for g in self.groups} if self.due else {}

    @property
    def sizes(self) -> Text:
        """Whether the groups' sizes fit the plan, in words."""
        if self.srm_p is None:
            return Text(_("Sizes of the groups: not tested, no planned shares are given."))
        if self.srm_p < ALARM:
            return Text(_("Sizes of the groups: they do not fit the planned shares."))
        return Text(_("Sizes of the groups: they fit the planned shares."))

    @property
    def beside(self) -> tuple[Text, ...]:
        """What a reader must know besides the verdict: sizes of the groups, what could have shown (where the verdict
        does not say it), members lost, odd names."""
        told = zip(self.effects, self.findings, strict=False)
        shown = (could_show(e) for e, f in told if self.grade == "A" and f.status in ("worked", "worse", "too_few"))
        return (self.sizes, *(t for t in shown if t is not None), *self.notes)

    def as_json(self, language: str = "en") -> dict[str, object]:
        """The evaluation as ``campaign evaluate --json`` prints it: rates 0–1, undefined numbers null."""
        return {
            "grade": self.grade,
            "srm_p": self.srm_p,
            "arms": [{"arm": g.arm, "n": g.n, "outcome": g.mean} for g in self.groups],
            "effects": [e.as_json() | {"doubtful": self.withheld} for e in self.effects],
            "verdict": self.verdict.in_(language),
            "naive": self.naive.as_json(language),
            "status": self.status,
            "design": self.design,
            "why": self.evidence.why.in_(language),
            "why_grade": self.evidence.why.in_(language),
            "outcome": self.outcome.name,
            "outcome_declared": self.declared is None,
            "checks": self.checks.as_json(),
            "ladder": [r.as_json(language) for r in self.ladder],
            "differences": self.trends.as_json() if self.trends else None,
            "adjusted": {arm: a.as_json() for arm, a in self.adjusted.items()},
            "money": {arm: m.as_json() for arm, m in self.money.items()},
            "mde": {e.arm: e.smallest for e in self.effects},
            "missing": self.missing,
            "notes": [n.in_(language) for n in self.notes],
            "evaluation_date": self.evaluated_on.isoformat() if self.evaluated_on else None,
        }


def judged(
    outcome: Outcome,
    groups: Sequence[Group],
    control: str | None,
    design: str | None,
    naive: Naive,
    *,
    data: pl.DataFrame | None = None,
    shares: Mapping[str, float] | None = None,
    late: float | None = None,
    overlap: float | None = None,
    waits_until: datetime.date | None = None,
    needed: float | None = None,
    costs: Mapping[str, float] | None = None,
    value_per_save: float = VALUE_PER_SAVE,
    notes: Sequence[Text] = (),
    capped: Sequence[Text] = (),
    lost: str = _("{n} of {all} members of {arm} have no outcome and are left out."),
) -> Evaluation:
    """The evaluation of these groups. ``control`` names the hold-out; ``waits_until`` is the evaluation date while it is ahead.
    ``needed`` is the z that a verdict needs, where looks before the end spent a part of the allowed error.

    ``data`` is a row a member with ``arm`` and ``y``, and what ``refined`` and ``checks`` read besides. The draw is checked only
    where it is declared random. Money is worked out only where the difference may be called an effect; ``costs`` are by group.
    ``capped`` says what the differences would be without the largest amounts: nothing while the draw is doubtful.
    ``lost`` is the sentence for members without an outcome.
    """
    base = next((g for g in groups if g.arm == control), None)
    found = _checked(groups, base, data, shares, due=waits_until is None) if design == "randomised" else Checks()
    shown = evidence(design, holdout=base is not None, doubt=found.doubt, late=late, overlap=overlap)
    treated = [g for g in groups if g is not base]
    effects: tuple[Effect, ...] = ()
    if base is not None:
        plain = [effect(outcome, g, base) for g in treated]
        effects = corrected(
            plain if data is None or waits_until is not None else [refined(e, data, random=shown.grade == "A") for e in plain]
        )
        effects = effects if needed is None else tuple(widened(e, needed) for e in effects)
    if waits_until is not None:
        findings: tuple[Finding, ...] = (not_due(waits_until),)
    elif not effects:
        findings = (no_holdout(outcome, naive.after),)
    else:
        findings = tuple(finding(e, shown, doubt=found.doubt is not None, compared=len(effects)) for e in effects)
    counted = costs is not None and outcome.saves and waits_until is None
    return Evaluation(
        outcome=outcome,
        design=design,
        evidence=shown,
        checks=found,
        groups=tuple(groups),
        control=control if base is not None else None,
        effects=effects,
        findings=findings,
        naive=naive,
        due=waits_until is None,
        money={e.arm: money(e, (costs or {}).get(e.arm, 0.0), value_per_save, attributable=shown.grade == "A") for e in effects}
        if counted
        else {},
        notes=(
            *notes,
            *(capped if found.doubt is None else ()),
            *(_losses(groups, lost, found) if waits_until is None else ()),
            *_drawn(effects, data),
        ),
        evaluated_on=waits_until,
    )


def _checked(
    groups: Sequence[Group], base: Group | None, data: pl.DataFrame | None, shares: Mapping[str, float] | None, *, due: bool
) -> Checks:
    columns = data.columns if data is not None else []
    before = [c for c in columns if c.startswith(KNOWN)] or [c for c in columns if c.startswith(BEFORE)]
    missing = [(g.known, g.missing) for g in groups] if due else []
    return checks(data, {g.arm: g.n for g in groups}, shares, missing, before, base.arm if base else None)


def _losses(groups: Sequence[Group], sentence: str, found: Checks) -> tuple[Text, ...]:
    notes = [Text(sentence, n=Count(g.missing), all=Count(g.n), arm=g.label) for g in groups if g.missing]
    chance = found.missing if found.missing is not None else attrition_p([g.known for g in groups], [g.missing for g in groups])
    if chance is not None and chance < 0.05 and (found.missing is None or chance >= ALARM):
        notes.append(Text(_("Outcomes are missing more often in some groups than in others, which can make a difference by itself.")))
    return tuple(notes)


def _drawn(effects: Sequence[Effect], data: pl.DataFrame | None) -> tuple[Text, ...]:
    if data is None or not effects:
        return ()
    notes = []
    if any("strata" in e.way for e in effects):
        notes.append(Text(_("The groups are compared within each stratum, and the strata weigh by their members.")))
        outside = left_out_of_strata(data, [e.arm for e in effects], effects[0].control)
        if outside:
            notes.append(Text(_("{n} members are in strata without two members of each group and are left out."), n=Count(outside)))
    if any("clusters" in e.way and not e.few_clusters for e in effects):
        notes.append(Text(_("Whole clusters were drawn, so the range allows for members of one cluster being alike.")))
    return tuple(notes)
