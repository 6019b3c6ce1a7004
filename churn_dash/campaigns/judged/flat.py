"""A campaign in one flat file: one row a member, with the group and the outcome. Source: METHODS C2, C3.

Rows are never de-duplicated: members without an id may well be alike.
"""

from collections.abc import Mapping

import polars as pl

from churn_dash.campaigns.estimators.effects import Better, Group, Outcome
from churn_dash.campaigns.groups.columns import MOST_GROUPS, column, group_names, outcome_numbers, same_group
from churn_dash.campaigns.groups.design import declared_design
from churn_dash.campaigns.groups.srm import checked_shares
from churn_dash.campaigns.judged.evaluation import Evaluation, judged
from churn_dash.campaigns.judged.spread import capped, group
from churn_dash.campaigns.judged.verdict import value
from churn_dash.campaigns.outcomes.naive import Naive
from churn_dash.errors import BadInput
from churn_dash.words import Count, Text, _

_LOSS = ("churn", "attrit", "exited", "closed", "left", "cancel", "complain", "流失", "销户", "投诉", "退出")


def better_way(outcome: str) -> Better:
    """Which way an outcome is better, by its name: less of anything that tells of leaving, else more.

    >>> better_way("Churned"), better_way("visit")
    ('down', 'up')
    """
    return "down" if any(w in outcome.casefold() for w in _LOSS) else "up"


def evaluate_rows(
    rows: pl.DataFrame,
    arm: str,
    control: str,
    outcome: str,
    design: str | None = None,
    ratio: Mapping[str, float] | None = None,
    better: Better | None = None,
) -> Evaluation:
    """Judge an experiment from one table: every group of column ``arm`` against the group ``control``.

    ``outcome`` is a rate where it holds nothing but 0 and 1 (or yes and no), else an amount. ``design`` is what somebody
    declares; ``ratio`` the planned shares by group. ``better`` is told by the outcome's name unless given.

    Raises NotFound for a column or group that is not there, BadInput for an unusable column, design or share.
    """
    names = group_names(column(rows, arm))
    numbers, is_rate = outcome_numbers(column(rows, outcome))
    arms = sorted(names.drop_nulls().unique().to_list(), key=str.casefold)
    if not 2 <= len(arms) <= MOST_GROUPS:
        raise BadInput(
            _("The column {name} holds {n} different values; name the column that says which group each member was in."),
            name=arm,
            n=Count(len(arms)),
        )
    base = same_group(control, arms, arm)
    meant = {same_group(a, arms, arm): share for a, share in (ratio or {}).items()}
    shares = checked_shares(meant, arms)
    data = pl.DataFrame({"arm": names, "y": numbers}).filter(pl.col("arm").is_not_null())
    judged_by = Outcome(outcome, outcome, "ratio" if is_rate else "amount", better or better_way(outcome))
    order = [a for a in arms if a != base]
    groups = [group(a, _label(arm, a), data.filter(pl.col("arm") == a)["y"]) for a in (*order, base)]
    notes = []
    if len(data) < len(rows):
        notes.append(Text(_("{n} rows name no group and are left out."), n=Count(len(rows) - len(data))))
    if not is_rate:
        notes += capped(judged_by, data, order, base, {g.arm: g.label for g in groups})
    return judged(judged_by, groups, base, declared_design(design), _naive(judged_by, groups[:-1]), shares=shares, notes=notes)


def _label(column_name: str, arm: str) -> str:
    return f"{column_name} = {arm}" if arm.replace(".", "").replace("-", "").isdigit() else arm


def _naive(outcome: Outcome, treated: list[Group]) -> Naive:
    """A flat file holds nothing from before: the naive figure is the treated groups' own."""
    n = sum(g.known for g in treated)
    after = sum((g.mean or 0.0) * g.known for g in treated) / n if n else None
    why = Text(
        _(
            "The file holds nothing from before the campaign. "
            "Taken by itself, {after} would credit the campaign with all that would have happened without it."
        ),
        after=value(after, outcome.unit),
    )
    return Naive(None, after, n, why)
