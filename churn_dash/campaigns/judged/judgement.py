"""Judge a campaign of the workspace. Sources: METHODS B5, C2, C3, C8."""

import datetime
from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from churn_dash.access import Scope
from churn_dash.campaigns.groups.design import declared_design
from churn_dash.campaigns.groups.extract import Extract, chosen_definition, data_end, spells
from churn_dash.campaigns.groups.members import Campaign, arm_label, campaign, holdout_arm, roster
from churn_dash.campaigns.groups.srm import checked_shares, planned_shares
from churn_dash.campaigns.judged.evaluation import Evaluation, judged
from churn_dash.campaigns.judged.money import Prices
from churn_dash.campaigns.judged.spread import capped, group
from churn_dash.campaigns.judged.verdict import change
from churn_dash.campaigns.outcomes.member_outcomes import last_day_counted, member_outcomes, naive_before_after
from churn_dash.campaigns.outcomes.naive import Naive
from churn_dash.contract import DEFINITIONS
from churn_dash.errors import NotPossible
from churn_dash.words import Count, Ratio, Text, _

CROSSED = 0.05
"""Above this share of the hold-out contacted after all, the page says so."""


def evaluate(
    ds: Extract,
    campaign_id: str,
    design: str | None = None,
    ratio: Mapping[str, float] | None = None,
    definition: str | None = None,
    prices: Prices = Prices(),  # noqa: B008
    scope: Scope | None = None,
) -> Evaluation:
    """Judge a campaign from its members and the churn definition's spells, members counted as assigned.

    ``design`` declares how the groups were made, over the table's own word; ``ratio`` the planned shares by group;
    ``prices`` are assumptions. Before the evaluation date only counts come back.

    Raises NotFound for an unknown campaign, definition or group, NotPossible where the data cannot answer.
    """
    rows = scope or Scope.everything()
    end = data_end(ds)
    settings = campaign(ds, campaign_id)
    members = roster(ds, campaign_id, rows)
    if members.is_empty():
        raise NotPossible(_("None of the members of the campaign {name} is among the customers that you may see."), name=campaign_id)
    if settings.start < ds.months[0]:
        raise NotPossible(
            _("The campaign {name} began before the first month of the data, so who was a customer then is not known."), name=campaign_id
        )
    chosen = chosen_definition(ds, definition)
    arms = sorted(members["arm"].unique().to_list(), key=str.casefold)
    control = holdout_arm(arms)
    treated = [a for a in arms if a != control]
    order = [*treated, *([control] if control else [])]
    declared = declared_design(design if design is not None else settings.design)
    shares = checked_shares(ratio, arms) or planned_shares(settings.planned_ratio, arms, control)
    notes = (
        []
        if design is None or design == settings.design
        else [Text(_("How the groups were made was declared here and not read from the table."))]
    )
    if settings.planned_ratio and shares is None:
        notes.append(Text(_("The planned shares {text} could not be read."), text=settings.planned_ratio))
    evaluated_on = last_day_counted(settings) + datetime.timedelta(days=1)
    waits = None if evaluated_on <= end + datetime.timedelta(days=1) else evaluated_on
    if waits is None:
        spell = spells(ds, chosen, rows)
        data = member_outcomes(ds, settings, members, spell)
        naive = naive_before_after(ds, settings, data.filter(pl.col("arm") != (control or "")), spell, rows)
        notes += _provisional(settings, chosen, ds)
    else:
        data = members.with_columns(pl.lit(None, dtype=pl.Float64).alias("y"))
        naive = Naive(None, None, 0, Text(_("The figure after the campaign is not known yet.")))
    groups = [group(a, arm_label(a), data.filter(pl.col("arm") == a)["y"]) for a in order]
    if waits is None and control and not settings.outcome.saves:
        notes += capped(settings.outcome, data, treated, control, {g.arm: g.label for g in groups})
    result = judged(
        settings.outcome,
        groups,
        control,
        declared,
        naive,
        shares=shares,
        late=_late(members, settings),
        waits_until=waits,
        costs=costs(members, treated, settings.cost_fixed, prices.contact_cost),
        value_per_save=prices.value_per_save,
        notes=notes,
        lost=_("{n} of {all} members of {arm} were no customers at the start, or have no figure, and are left out."),
    )
    if waits is None and result.grade == "A":
        result = replace(result, notes=(*result.notes, *_reached(result, data)))
    return replace(
        result,
        campaign_id=campaign_id,
        name=settings.name,
        definition=chosen,
        start=settings.start,
        evaluated_on=evaluated_on,
        horizon_days=settings.horizon_days,
    )


def costs(members: pl.DataFrame, treated: list[str], fixed: float, contact_cost: float) -> dict[str, float]:
    """What each treated group cost in CNY: its contacts and incentives, and its part, by members, of the fixed cost.

    An incentive paid to a customer who would have stayed anyway is a cost like any other.
    """
    everyone = members.filter(pl.col("arm").is_in(treated))
    found = {}
    for arm in treated:
        own = everyone.filter(pl.col("arm") == arm)
        contacted = int(own["contacted_at"].is_not_null().sum())
        incentives = float(own["incentive_cost"].fill_null(0.0).sum())
        found[arm] = fixed * len(own) / max(1, len(everyone)) + contact_cost * contacted + incentives
    return found


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
        more = shares.get(e.arm, 0.0) - base
        if e.difference is not None and 0 < more < 1:
            notes.append(
                Text(
                    _(
                        "{share} of {n} members of {arm} were reached. "
                        "If the offer does nothing for the others, the difference among those reached is {difference}."
                    ),
                    share=Ratio(shares[e.arm]),
                    n=Count(e.treated.known),
                    arm=e.treated.label,
                    difference=change(e.difference / float(more), e.outcome.unit),
                )
            )
    return notes
