"""Judge a campaign of the workspace. Sources: METHODS B5, C2, C3, C8."""

import datetime
from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from churn_dash.access import Scope
from churn_dash.campaigns.estimators.effects import Outcome
from churn_dash.campaigns.groups.beforehand import beforehand, drawn_by_branch, drawn_in_strata, known_words, with_earlier
from churn_dash.campaigns.groups.branches import branch_panel, mixed_words
from churn_dash.campaigns.groups.design import declared_design, told_of
from churn_dash.campaigns.groups.extract import Extract, data_end, spells
from churn_dash.campaigns.groups.ladder import NOT_KNOWN, UNDECLARED
from churn_dash.campaigns.groups.measured import chosen_outcome
from churn_dash.campaigns.groups.members import Campaign, arm_label, assigned, campaign, holdout_arm, in_two_groups, other_spellings
from churn_dash.campaigns.groups.numbered import numbered
from churn_dash.campaigns.groups.srm import checked_shares, planned_shares
from churn_dash.campaigns.judged.bars import bar, information
from churn_dash.campaigns.judged.evaluation import Evaluation, judged
from churn_dash.campaigns.judged.money import Prices
from churn_dash.campaigns.judged.spending import spent
from churn_dash.campaigns.judged.spread import capped, group
from churn_dash.campaigns.judged.strongest import Known, Over, Told, strongest
from churn_dash.campaigns.judged.verdict import change, looked
from churn_dash.campaigns.outcomes.member_outcomes import last_day_counted, member_outcomes, naive_before_after
from churn_dash.campaigns.outcomes.naive import Naive
from churn_dash.contract import DEFINITIONS
from churn_dash.errors import BadInput, NotPossible
from churn_dash.measures.question import definition_of
from churn_dash.words import Count, Number, Ratio, Text, _

_NOT_DECLARED = _("{chosen} is not the outcome declared for this campaign, which is {declared}: a look beside it, no verdict on it.")
_LOOKS = _("It was looked at {n} times before its end, so a verdict now needs z = {bar}, and the range allows for that.")
_LOST = {
    "": _("{n} of {all} members of {arm} were no customers at the start, or have no figure, and are left out."),
    "csat": _("{n} of {all} members of {arm} gave no answer within the horizon; who answers is not like who does not."),
    "recovery": _("{n} of {all} members of {arm} were no customers at the start or not below last month's level, and are left out."),
    "tier_kept": _("{n} of {all} members of {arm} were no customers at the start or in the lowest tier, and are left out."),
}
CROSSED = 0.05
"""Above this share of the hold-out contacted after all, the page says so."""


def evaluate(
    ds: Extract,
    campaign_id: str,
    design: str | None = None,
    ratio: Mapping[str, float] | None = None,
    definition: str | None = None,
    prices: Prices = Prices(),  # noqa: B008
    outcome: str | None = None,
    strata: str | None = None,
    cluster: str | None = None,
    told: Told | None = None,
    until: datetime.date | None = None,
    *,
    scope: Scope,
    drawn_only: bool = False,
) -> Evaluation:
    """Judge a campaign from its members and the churn definition's spells, members counted as assigned.

    ``design`` declares how the groups were made, over the table's own word; ``ratio`` the planned shares by group;
    ``prices`` are assumptions. ``outcome`` is another outcome than the declared one, and so marked; ``strata`` and ``cluster`` are
    characteristics of customers within which, or by which, the groups were drawn; a list frozen here
    brings its strata. Before the evaluation date only counts come back; ``until`` judges it as if its last day were that day, for looks
    that were planned (``campaigns.interim``). ``drawn_only``: for who counts evidence A alone; what nobody declares to be drawn at
    random is then not judged and stays at D, and nothing weaker is tried, which takes most of the time.

    Raises NotFound for an unknown campaign, definition or group, NotPossible where the data cannot answer, BadInput for a
    negative assumption.
    """
    _possible(prices)
    ds, rows = numbered(ds), scope
    end = data_end(ds)
    settings, declared_outcome = _asked(campaign(ds, campaign_id), outcome)
    if until is not None:
        settings = replace(settings, horizon_days=(until - settings.start).days + 1)
    members, overlap, notes = in_two_groups(assigned(ds, campaign_id, rows), "customer_id")
    notes += other_spellings(ds, campaign_id)
    if members.is_empty():
        raise NotPossible(_("None of the members of the campaign {name} is among the customers that you may see."), name=campaign_id)
    if settings.start < ds.months[0]:
        raise NotPossible(
            _("The campaign {name} began before the first month of the data, so who was a customer then is not known."), name=campaign_id
        )
    chosen = definition_of(ds, definition)
    arms = sorted(members["arm"].unique().to_list(), key=str.casefold)
    control = holdout_arm(arms)
    treated = [a for a in arms if a != control]
    order = [*treated, *([control] if control else [])]
    declared = declared_design(design if design is not None else settings.design)
    shares = checked_shares(ratio, arms) or planned_shares(settings.planned_ratio, arms, control)
    if declared_outcome is not None:
        notes.append(Text(_NOT_DECLARED, chosen=settings.outcome.label, declared=declared_outcome.label))
    if design is not None and design != settings.design:
        notes.append(Text(_("How the groups were made was declared here and not read from the table.")))
    elif settings.draw is not None:
        notes.append(told_of(settings.draw))
    if strata is None and drawn_in_strata(members):
        notes.append(Text(_("The hold-out was drawn within strata, as the list of its members says.")))
    if cluster is None and declared == "randomised" and drawn_by_branch(ds, members):
        cluster = "branch_id"
        notes.append(Text(_("Whole branches are in one group, so the branches were drawn and not the customers: they are compared so.")))
    if settings.planned_ratio and shares is None:
        notes.append(Text(_("The planned shares {text} could not be read."), text=settings.planned_ratio))
    evaluated_on = last_day_counted(settings) + datetime.timedelta(days=1)
    waits = None if evaluated_on <= end + datetime.timedelta(days=1) else evaluated_on
    counts = waits is None and (declared == "randomised" or not drawn_only)
    if counts:
        spell = spells(ds, chosen, rows)
        data = member_outcomes(ds, settings, members, spell)
        notes += _unseen(data, spell, treated)
        naive = naive_before_after(ds, settings, data.filter(pl.col("arm") != (control or "")), spell, rows)
        notes += _provisional(settings, chosen, ds)
    else:
        data = members.with_columns(pl.lit(None, dtype=pl.Float64).alias("y"))
        naive = Naive(None, None, 0, Text(_("The figure after the campaign is not known yet.")))
    if counts or not drawn_only:
        data = beforehand(ds, settings, data, strata, cluster)
    data = data.with_columns(reached=pl.col("contacted_at").is_not_null())
    cost, complaint = spent(ds, settings, members, treated, prices.contact_cost, rows)
    notes += complaint
    groups = [group(a, arm_label(a), data.filter(pl.col("arm") == a)["y"]) for a in order]
    needed, taken = None, () if until is not None or declared_outcome is not None else ds.looks(campaign_id)
    if counts and taken:
        needed = bar(taken, 1.0, information(groups, settings.outcome))
        notes.append(Text(_LOOKS, n=Count(len(taken)), bar=f"{needed:.3f}"))
    largest: list[Text] = []
    if counts and control and settings.outcome.unit != "ratio":
        largest = capped(settings.outcome, data, treated, control, {g.arm: g.label for g in groups})
    result = judged(
        settings.outcome,
        groups,
        control,
        declared,
        naive,
        data=data,
        shares=shares,
        overlap=overlap,
        late=_late(members, settings),
        waits_until=None if counts else evaluated_on,
        needed=needed,
        costs=cost,
        value_per_save=prices.worth,
        notes=notes,
        capped=largest,
        lost=_LOST.get(settings.outcome.name, _LOST[""]),
    )
    if waits is None and not drawn_only:
        result = strongest(result, *_weaker(ds, settings, chosen, rows, members, data, declared, treated), told=told)
    if counts and result.grade == "A":
        result = replace(result, notes=(*result.notes, *_reached(result, data)))
    if declared_outcome is not None:
        result = replace(result, findings=tuple(map(looked, result.effects, result.findings)) or result.findings, money={})
    return replace(
        result,
        due=waits is None,
        spent=cost,
        campaign_id=campaign_id,
        name=settings.name,
        definition=chosen,
        start=settings.start,
        evaluated_on=evaluated_on,
        horizon_days=settings.horizon_days,
        declared=declared_outcome,
    )


def _weaker(
    ds: Extract,
    settings: Campaign,
    definition: str,
    scope: Scope,
    members: pl.DataFrame,
    data: pl.DataFrame,
    design: str | None,
    treated: list[str],
) -> tuple[Over | Text, Known | Text]:
    """What the data hold for the rungs below a random draw; nothing is looked up for a design that nobody declares."""
    if design is None or design == "randomised":
        return UNDECLARED, UNDECLARED
    over = branch_panel(ds, settings, members.filter(pl.col("arm").is_in(treated)), definition, scope)
    found: Over | Text = over if isinstance(over, Text) else Over(over.panel, over.outcome, treated[0], tuple(mixed_words(over)))
    if len(treated) > 1 and not isinstance(over, Text):
        found = Text(_("Several groups were treated, so whole branches cannot stand for one of them."))
    words = {c: label for c, label in known_words().items() if c in data.columns and data[c].null_count() < len(data)}
    return found, Known(*with_earlier(ds, settings, data, words)) if words else NOT_KNOWN


def _asked(settings: Campaign, outcome: str | None) -> tuple[Campaign, Outcome | None]:
    """The campaign judged by ``outcome``, and the declared outcome where that is another one."""
    chosen = settings.outcome if outcome is None else chosen_outcome(outcome)
    if chosen.name == settings.outcome.name:
        return settings, None
    return replace(settings, outcome=chosen), settings.outcome


def _possible(prices: Prices) -> None:
    for name, number in (("value_per_save", prices.value_per_save), ("contact_cost", prices.contact_cost), ("decay", prices.decay)):
        if number < 0:
            raise BadInput(_("{name} must be 0 or more; it is {number}."), name=name, number=Number(number))


def _unseen(data: pl.DataFrame, spell: pl.DataFrame, treated: list[str]) -> list[Text]:
    """Members whom the data do not know at all: a wrong list, or customers who were lost from the extract."""
    strange = (
        data.filter(pl.col("arm").is_in(treated) & ~pl.col("active")).join(spell.select("customer_id"), on="customer_id", how="anti").height
    )
    if not strange:
        return []
    return [
        Text(_("{n} treated members are not in the monthly data at all; check the list against the customer numbers."), n=Count(strange))
    ]


def _late(members: pl.DataFrame, settings: Campaign) -> float | None:
    dated = members["assigned_at"].drop_nulls()
    return float((dated > settings.start).sum()) / len(dated) if len(dated) else None


def _provisional(settings: Campaign, definition: str, ds: Extract) -> list[Text]:
    unsettled = DEFINITIONS[definition].unsettled_months
    if unsettled and ds.months[-unsettled] <= settings.last:
        return [Text(_("The figure is provisional: a departure in the last month may still be taken back."))]
    return []


def _reached(result: Evaluation, data: pl.DataFrame) -> list[Text]:
    """The hold-out contacted after all, and the effect on those who were reached (METHODS B5)."""
    known = data.drop_nulls("y")
    shares = dict(known.group_by("arm").agg(pl.col("contacted_at").is_not_null().mean()).iter_rows())
    if not any(shares.values()):
        return []
    base, notes = shares.get(result.control or "", 0.0), []
    if base > CROSSED:
        notes.append(
            Text(_("{share} of the hold-out were contacted too, so the difference understates what the campaign does."), share=Ratio(base))
        )
    for e in result.effects:
        found = next((b for b in e.beside if b.key == "reached"), None)
        if found is not None:
            notes.append(
                Text(
                    _(
                        "{share} of {n} members of {arm} were reached. "
                        "If the offer does nothing for the others, the difference among those reached is {difference} ({low} to {high})."
                    ),
                    share=Ratio(shares[e.arm]),
                    n=Count(e.treated.known),
                    arm=e.treated.label,
                    difference=change(found.value, e.outcome.unit),
                    low=change(found.low, e.outcome.unit),
                    high=change(found.high, e.outcome.unit),
                )
            )
    return notes
