"""The strongest design that declaration and data support, and why the others were passed over. Source: METHODS C (decision flow)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from churn_dash.campaigns.estimators.effects import Beside, Effect, Group, Outcome, corrected
from churn_dash.campaigns.estimators.panel import Panel
from churn_dash.campaigns.estimators.propensity import Estimate
from churn_dash.campaigns.groups import ladder
from churn_dash.campaigns.groups.design import Evidence
from churn_dash.campaigns.groups.ladder import Rung
from churn_dash.campaigns.groups.likeness import Adjusted, adjusted, covariates
from churn_dash.campaigns.groups.trends import Trends, standing, trends
from churn_dash.campaigns.judged.evaluation import Evaluation
from churn_dash.campaigns.judged.weaker import compared, moved, unidentified
from churn_dash.words import Count, Text, _

OTHERS = "others"
Told = Callable[[Text, float], None]


@dataclass(frozen=True)
class Over:
    """Units over time, and by what outcome they are judged. ``arm`` is the treated group."""

    panel: Panel
    outcome: Outcome
    arm: str
    notes: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Known:
    """Members with ``arm``, ``y``, and the columns of ``words`` (what each is called); ``placebo`` names a figure from before."""

    data: pl.DataFrame
    words: Mapping[str, str]
    placebo: str | None = None


def strongest(e: Evaluation, over: Over | Text, known: Known | Text, told: Told | None = None) -> Evaluation:
    """The evaluation raised to the strongest rung that it reaches; ``over`` and ``known`` say why not where they cannot be had.

    Nothing is raised above D while nobody has declared how the groups were made; where members were tried and cannot be made
    comparable, the evaluation says so. ``told`` hears of each stage and the share that is done.
    """
    tell = told or (lambda _stage, _share: None)
    first = Rung("A", e.grade == "A", e.evidence.why)
    if not e.due:
        return replace(e, ladder=(first, ladder.ALWAYS))
    if e.grade == "A" or e.design == "randomised":
        why = ladder.NOT_NEEDED if e.grade == "A" else ladder.BROKEN_DRAW
        return replace(e, ladder=(first, Rung("B", False, why), Rung("C", False, why), ladder.ALWAYS))
    tell(Text(_("Comparing changes over time")), 0.0)
    second, found = _over_time(e, over)
    if found is not None and found.grade == "B":
        return replace(found, ladder=(first, second, Rung("C", False, ladder.NOT_NEEDED), ladder.ALWAYS))
    if e.design is None:
        return replace(found or e, ladder=(first, second, Rung("C", False, ladder.UNDECLARED), ladder.ALWAYS))
    third, other = _made_alike(e, known, lambda share: tell(Text(_("Finding members alike")), 0.1 + 0.8 * share))
    if found is not None and found.grade == "C":
        third = Rung("C", True, Text(_("The change beyond that of the others, without its full checks.")))
        return replace(found, ladder=(first, second, third, ladder.ALWAYS))
    if other is not None and (third.possible or found is None):
        return replace(other, trends=found.trends if found else None, ladder=(first, second, third, ladder.ALWAYS))
    return replace(found or e, ladder=(first, second, third, ladder.ALWAYS))


def _over_time(e: Evaluation, over: Over | Text) -> tuple[Rung, Evaluation | None]:
    if isinstance(over, Text):
        return Rung("B", False, over if e.design is not None else ladder.UNDECLARED), None
    found = trends(over.panel)
    if found is None:
        return Rung("B", False, Text(_("There is no untreated unit, or no period before the start, so no change can be compared."))), None
    grade, why = standing(found) if e.design is not None else ("D", ladder.UNDECLARED)
    own = _changed(e, over, found)
    shown = Evidence(grade, why)
    finding = moved(own, shown, declared=e.design is not None)
    notes = (*e.notes, *over.notes)
    raised = replace(
        e,
        outcome=over.outcome,
        evidence=shown,
        control=own.control,
        effects=(own,),
        findings=(finding,),
        money={},
        trends=found,
        notes=notes,
    )
    return Rung("B", grade == "B", why), raised


def _changed(e: Evaluation, over: Over, found: Trends) -> Effect:
    """The change as an effect: the treated after the start, beside what they would have been."""
    after, way = found.cells["treated_after"], found.change
    plain = next((x for x in e.effects if x.arm == over.arm), None)
    group = next((g for g in e.groups if g.arm == over.arm), Group(over.arm, over.arm, 0, 0, None, None))
    base = plain.base if plain else Group(OTHERS, Text(_("the others")), 0, 0, None, None)
    expected = None if after is None else after - way.difference
    beside = [_plainly(x) for x in ([plain] if plain and plain.outcome.name == over.outcome.name else []) if x.difference is not None]
    if found.placebo is not None:
        tried = found.placebo
        beside.append(Beside("placebo_date", _("At a date when nothing began"), tried.difference, tried.low, tried.high, tried.p_value))
    return Effect(
        arm=over.arm,
        control=base.arm,
        outcome=over.outcome,
        treated=replace(group, mean=after),
        base=replace(base, mean=expected),
        difference=way.difference,
        low=way.low,
        high=way.high,
        p_value=way.p_value,
        relative=way.difference / expected if expected else None,
        too_few=way.low is None,
        way=way.way,
        beside=tuple(beside),
    )


def _plainly(x: Effect) -> Beside:
    return Beside("plain", _("Without adjustment"), x.difference or 0.0, x.low, x.high, x.p_value)


def _made_alike(e: Evaluation, known: Known | Text, told: Callable[[float], None]) -> tuple[Rung, Evaluation | None]:
    if isinstance(known, Text):
        return Rung("C", False, known), None
    if e.control is None:
        return Rung("C", False, ladder.NO_OTHERS), None
    if e.outcome.sums:
        return Rung("C", False, Text(_("A share of an amount is not adjusted member by member; choose another outcome."))), None
    found: dict[str, Adjusted] = {}
    for x in e.effects:
        one = _one(known, x, told)
        if isinstance(one, Text):
            findings = tuple(unidentified(x, one) for x in e.effects)
            return Rung("C", False, one), replace(e, evidence=Evidence("D", one), findings=findings)
        found[x.arm] = one
    if not found:
        return Rung("C", False, ladder.NO_OTHERS), None
    why = Text(
        _("The groups were chosen, not drawn; members stand beside others as likely to be chosen, by {n} characteristics known before."),
        n=Count(len(next(iter(found.values())).gaps)),
    )
    effects = corrected([_adjusted_effect(x, found[x.arm]) for x in e.effects])
    findings = tuple(compared(x, found[x.arm]) for x in effects)
    notes = (*e.notes, *(n for a in found.values() for n in _cautions(a)))
    raised = replace(e, evidence=Evidence("C", why), effects=effects, findings=findings, adjusted=found, notes=notes)
    return Rung("C", True, why), raised


def _one(known: Known, x: Effect, told: Callable[[float], None]) -> Adjusted | Text:
    own = known.data.filter(pl.col("arm").is_in([x.arm, x.control]) & pl.col("y").is_not_null())
    y = own["y"].cast(pl.Float64).to_numpy()
    chosen = (own["arm"] == x.arm).to_numpy()
    placebo = own[known.placebo].cast(pl.Float64).fill_null(np.nan).to_numpy() if known.placebo else None
    return adjusted(y, chosen, covariates(own, known.words), placebo, told)


def _adjusted_effect(x: Effect, a: Adjusted) -> Effect:
    def beside(key: str, label: str, value: Estimate, note: Text | None = None) -> Beside:
        return Beside(key, label, value.value, value.low, value.high, value.p_value, note)

    ways = [_plainly(x), beside("ipw_ate", _("By inverse weights"), a.weighted), beside("ipw_att", _("On those who were chosen"), a.chosen)]
    if a.matched is not None:
        note = Text(_("{n} pairs; {alone} of those chosen found nobody like them."), n=Count(a.pairs), alone=Count(a.alone))
        ways.append(beside("matched", _("In pairs, on those who were chosen"), a.matched, note))
    if a.trimmed is not None:
        note = Text(_("Without {n} members who have nobody like them: an answer for other customers."), n=Count(a.trimmed_n))
        ways.append(beside("trimmed", _("Only where both groups overlap"), a.trimmed, note))
    if a.placebo is not None:
        on_before = beside("placebo", _("On a figure from before, where nothing can be"), a.placebo)
        ways.append(replace(on_before, unit="amount"))
    return replace(
        x,
        treated=replace(x.treated, mean=a.base + a.headline.value),
        base=replace(x.base, mean=a.base),
        difference=a.headline.value,
        low=a.headline.low,
        high=a.headline.high,
        p_value=a.headline.p_value,
        relative=a.headline.value / a.base if a.base else None,
        too_few=False,
        few_clusters=False,
        smallest=None,
        way="aipw",
        beside=tuple(ways),
    )


def _cautions(a: Adjusted) -> Sequence[Text]:
    found = []
    if a.apart:
        found.append(Text(_("{n} characteristics are still apart after adjustment."), n=Count(len(a.apart))))
    if a.placebo is not None and a.placebo.p_value < 0.05:
        found.append(Text(_("The same adjustment finds a difference before the campaign, where there can be none: something is left out.")))
    if a.bound is not None and np.isfinite(a.bound):
        found.append(
            Text(
                _("In pairs the verdict is lost once partners may differ by {odds} times in the odds of being chosen (Rosenbaum)."),
                odds=f"{a.bound:.2f}",
            )
        )
    return found
