"""What is known of a campaign: groups, effects, evidence, verdict, the naive figure, and the money."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from churn_dash.campaigns.estimators.effects import Effect, Group, Outcome, corrected, effect
from churn_dash.campaigns.groups.design import Evidence, Grade, evidence
from churn_dash.campaigns.groups.srm import ALARM, attrition_p, sample_ratio_p
from churn_dash.campaigns.judged.money import VALUE_PER_SAVE, Money, money
from churn_dash.campaigns.judged.verdict import Finding, Status, finding, no_holdout, not_due
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
    srm_p: float | None
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

    @property
    def grade(self) -> Grade:
        """The evidence grade."""
        return self.evidence.grade

    @property
    def status(self) -> Status:
        """The status of the first comparison."""
        return self.findings[0].status

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

    def as_json(self, language: str = "en") -> dict[str, object]:
        """The evaluation as ``campaign evaluate --json`` prints it: rates 0–1, undefined numbers null."""
        return {
            "grade": self.grade,
            "srm_p": self.srm_p,
            "arms": [{"arm": g.arm, "n": g.n, "outcome": g.mean} for g in self.groups],
            "effects": [e.as_json() for e in self.effects],
            "verdict": self.verdict.in_(language),
            "naive": self.naive.as_json(language),
            "status": self.status,
            "design": self.design,
            "why_grade": self.evidence.why.in_(language),
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
    shares: Mapping[str, float] | None = None,
    late: float | None = None,
    waits_until: datetime.date | None = None,
    costs: Mapping[str, float] | None = None,
    value_per_save: float = VALUE_PER_SAVE,
    notes: Sequence[Text] = (),
    lost: str = _("{n} of {all} members of {arm} have no outcome and are left out."),
) -> Evaluation:
    """The evaluation of these groups. ``control`` names the hold-out; ``waits_until`` is the evaluation date while it is ahead.

    The sizes are tested only for a declared random design with planned ``shares``. Money is worked out only where the
    difference may be called an effect; ``costs`` are by group. ``lost`` is the sentence for members without an outcome.
    """
    base = next((g for g in groups if g.arm == control), None)
    srm_p = sample_ratio_p({g.arm: g.n for g in groups}, shares) if design == "randomised" else None
    fit = srm_p is None or srm_p >= ALARM
    shown = evidence(design, holdout=base is not None, sizes_fit=fit, late=late)
    treated = [g for g in groups if g is not base]
    effects = corrected([effect(outcome, g, base) for g in treated]) if base is not None else ()
    if waits_until is not None:
        findings: tuple[Finding, ...] = (not_due(waits_until),)
    elif not effects:
        findings = (no_holdout(outcome, naive.after),)
    else:
        findings = tuple(finding(e, shown, sizes_fit=fit, compared=len(effects)) for e in effects)
    counted = costs is not None and outcome.saves and waits_until is None
    return Evaluation(
        outcome=outcome,
        design=design,
        evidence=shown,
        srm_p=srm_p,
        groups=tuple(groups),
        control=control if base is not None else None,
        effects=effects,
        findings=findings,
        naive=naive,
        due=waits_until is None,
        money={e.arm: money(e, (costs or {}).get(e.arm, 0.0), value_per_save, attributable=shown.grade == "A") for e in effects}
        if counted
        else {},
        notes=(*notes, *(_losses(groups, lost) if waits_until is None else ())),
        evaluated_on=waits_until,
    )


def _losses(groups: Sequence[Group], sentence: str) -> tuple[Text, ...]:
    notes = [Text(sentence, n=Count(g.missing), all=Count(g.n), arm=g.label) for g in groups if g.missing]
    chance = attrition_p([g.known for g in groups], [g.missing for g in groups])
    if chance is not None and chance < 0.05:
        notes.append(Text(_("Outcomes are missing more often in some groups than in others, which can make a difference by itself.")))
    return tuple(notes)
