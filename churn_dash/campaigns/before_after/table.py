"""The table the plan asks for: eight indicators before and after, target group and hold-out. Source: METHODS 0."""

import datetime

import polars as pl

from churn_dash.access import Scope
from churn_dash.campaigns.before_after.indicators import Four, answers, loyalty_change, recommended, satisfied, shares
from churn_dash.campaigns.before_after.rows import LINES, BeforeAfter, Row, line
from churn_dash.campaigns.estimators.effects import Effect, effect
from churn_dash.campaigns.groups.extract import Extract, data_end, spells
from churn_dash.campaigns.groups.measured import CHURN
from churn_dash.campaigns.groups.members import Campaign, campaign, holdout_arm, roster, standing
from churn_dash.campaigns.judged.evaluation import Evaluation
from churn_dash.campaigns.judged.judgement import evaluate
from churn_dash.campaigns.judged.money import Money, Prices, money, per_save
from churn_dash.campaigns.judged.spread import group
from churn_dash.campaigns.outcomes.member_outcomes import bank_before
from churn_dash.campaigns.winback.losses import RETURN_DAYS
from churn_dash.campaigns.winback.rates import returned
from churn_dash.measures.question import definition_of
from churn_dash.measures.statistics.estimates import Estimate, rate
from churn_dash.words import Count, Number, Text, _

_NEEDS_HOLDOUT = _("Needs a random hold-out.")
_WHOLE_BANK = Text(_("Judged for the whole bank: see Evaluation."))
_NEGATIVE = _("A cost is negative, so neither cost nor return is worked out.")


def before_after(
    ds: Extract,
    campaign_id: str,
    design: str | None = None,
    definition: str | None = None,
    prices: Prices = Prices(),  # noqa: B008
    *,
    scope: Scope,
) -> BeforeAfter:
    """The eight indicators for the members who were customers at the start. All treated groups count as the target group.

    "Before" is the horizon before the start, "after" the horizon from the start on. Raises as ``evaluate``.
    """
    judgement = evaluate(ds, campaign_id, design=design, definition=definition, prices=prices, scope=scope)
    settings, end = campaign(ds, campaign_id), data_end(ds)
    if not judgement.due or settings.last > end:
        return BeforeAfter(campaign_id, _waiting(settings), judgement.evidence, due=False)
    spell = spells(ds, definition_of(ds, definition), scope)
    members = roster(ds, campaign_id, scope)
    control = holdout_arm(members["arm"].unique().sort().to_list())
    stood = members.join(standing(spell, settings.start, settings.last), on="customer_id")
    target, holdout = stood.filter(pl.col("arm") != (control or "")), stood.filter(pl.col("arm") == (control or ""))
    bank = bank_before(spell, settings, ds.months[0])
    pooled = None if holdout.is_empty() else _pooled(judgement, target, holdout)
    kept = None if pooled is None else money(pooled, _cost(judgement), prices.worth, attributable=judgement.grade == "A")
    paid = kept if judgement.spent is not None else None
    refused = Text(_NEEDS_HOLDOUT) if judgement.spent is not None else Text(_NEGATIVE)
    return BeforeAfter(
        campaign_id,
        (
            _shares("churn_rate", shares(bank, target, holdout, "left"), bank is not None),
            _shares("retention_rate", shares(bank, target, holdout, "stays"), bank is not None),
            _survey(ds, "csat", answers(ds, settings, target, holdout, satisfied)),
            _survey(ds, "nps", answers(ds, settings, target, holdout, recommended)),
            _loyalty(ds, loyalty_change(ds, settings, target, holdout)),
            line("win_back_rate", _returns(ds, bank, target, holdout, spell, end), note=_returns_note(settings, end)),
            _saves(pooled, kept),
            line("warnings", note=_WHOLE_BANK),
            _cost_per_save(paid, refused),
            _return_on_cost(paid, refused),
        ),
        judgement.evidence,
        due=True,
    )


def _cost(judgement: Evaluation) -> float:
    return sum((judgement.spent or {}).values())


def _pooled(judgement: Evaluation, target: pl.DataFrame, holdout: pl.DataFrame) -> Effect:
    """Everybody treated against the hold-out, by who left; where the campaign was judged so, as it was judged (within strata)."""
    if judgement.outcome.name == CHURN.name and len(judgement.effects) == 1 and judgement.grade == "A":
        return judgement.effects[0]
    sides = (("target", target), ("hold-out", holdout))
    t, h = (group(name, name, part["left"].cast(pl.Float64)) for name, part in sides)
    return effect(CHURN, t, h)


def _shares(key: str, four: Four, reached: bool) -> Row:
    note = (
        Text(_("Before: the whole bank in the same number of days before the start, because every member was still a customer then."))
        if reached
        else Text(_("Before: the data do not reach back far enough."))
    )
    return line(key, four, note=note)


def _survey(ds: Extract, key: str, four: Four) -> Row:
    if ds.table("surveys") is None:
        return line(key, missing=("surveys",))
    note = Text(_("Answers of members only; who answers is not like who does not. The difference is between the two groups' changes."))
    return line(key, four, note=note)


def _loyalty(ds: Extract, four: Four) -> Row:
    if four.target_after.value is None:
        lacking = tuple(t for t in ("customers", "surveys", "complaints") if ds.table(t) is None)
        return line("loyalty_index", missing=lacking, note=Text(_("Too little is known of the members to work out the index.")))
    return line("loyalty_index", four, note=Text(_("Members who are still customers and whose index is known before and after.")))


def _returns(
    ds: Extract, bank: pl.DataFrame | None, target: pl.DataFrame, holdout: pl.DataFrame, spell: pl.DataFrame, end: datetime.date
) -> Four:
    before = None if bank is None else returned(ds, bank, spell, end)
    return shares(before, returned(ds, target, spell, end), returned(ds, holdout, spell, end), "returned")


def _returns_note(settings: Campaign, end: datetime.date) -> Text:
    if settings.start + datetime.timedelta(days=RETURN_DAYS) > end:
        return Text(_("None of the members lost has had 180 days to come back yet. Before: the whole bank."))
    return Text(_("Of those lost, the share back within 180 days; only losses with 180 days of data count. Before: the whole bank."))


def _saves(pooled: Effect | None, kept: Money | None) -> Row:
    if pooled is None or kept is None or pooled.gain is None:
        return line("incremental_save_rate", note=Text(_("Needs a hold-out.")))
    sides = [rate(g.known - g.cases, g.known) for g in (pooled.treated, pooled.base)]
    low = None if pooled.high is None else -pooled.high
    high = None if pooled.low is None else -pooled.low
    gain = Estimate(pooled.gain, low, high, pooled.treated.known + pooled.base.known)
    note = (
        Text(_("No claim: the groups were not drawn at random."))
        if kept.saves is None
        else Text(
            _("Customers kept beyond the hold-out: {saves} ({low} to {high})."),
            saves=Count(kept.saves),
            low=Count(kept.saves_low),
            high=Count(kept.saves_high),
        )
    )
    return line("incremental_save_rate", target_after=sides[0], holdout_after=sides[1], effect=gain, note=note)


def _cost_per_save(kept: Money | None, lacking: Text) -> Row:
    if kept is None or kept.saves is None:
        return line("cost_per_save", note=lacking)
    each = per_save(Estimate(kept.saves, kept.saves_low, kept.saves_high, kept.n), kept.cost, kept.n)
    if each.value is None:
        return line("cost_per_save", note=Text(_("No increment: no more customers stayed than in the hold-out.")))
    note = None if each.high is not None else Text(_("No upper end: that nobody more was kept cannot be ruled out."))
    return line("cost_per_save", effect=each, note=note)


def _return_on_cost(kept: Money | None, lacking: Text) -> Row:
    if kept is None or kept.saves is None:
        return line("roi", note=lacking)
    if kept.roi is None:
        return line("roi", note=Text(_("No cost is recorded.")))
    note = Text(_("At an assumed value of ¥{value} a customer kept."), value=Number(kept.value_per_save))
    return line("roi", effect=Estimate(kept.roi, kept.roi_low, kept.roi_high, kept.n), note=note)


def _waiting(settings: Campaign) -> tuple[Row, ...]:
    on = settings.last + datetime.timedelta(days=1)
    note = Text(_("Not known before {date}."), date=on.isoformat())
    return tuple(line(key, note=_WHOLE_BANK if key == "warnings" else note) for key in LINES)
