"""A campaign in one flat file: one row a member, with the group and the outcome. Source: METHODS C2, C3, C6.

Rows are never de-duplicated: members without an id may well be alike.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from churn_dash.campaigns.estimators.effects import Better, Outcome
from churn_dash.campaigns.groups.beforehand import BEFORE, MOST_STRATA
from churn_dash.campaigns.groups.checks import SEGMENT
from churn_dash.campaigns.groups.columns import (
    MOST_GROUPS,
    column,
    customer_column,
    folded,
    group_names,
    number_column,
    outcome_numbers,
    same_group,
)
from churn_dash.campaigns.groups.design import declared_design
from churn_dash.campaigns.groups.followed import TIME, Followed, followed, panel_of
from churn_dash.campaigns.groups.ladder import NO_PANEL, NOT_KNOWN
from churn_dash.campaigns.groups.members import in_two_groups
from churn_dash.campaigns.groups.srm import checked_shares
from churn_dash.campaigns.judged.evaluation import Evaluation, judged
from churn_dash.campaigns.judged.plain import by_itself, since
from churn_dash.campaigns.judged.spread import capped, group
from churn_dash.campaigns.judged.strongest import Known, Over, Told, strongest
from churn_dash.errors import BadInput
from churn_dash.words import Count, Text, _

_LOSS = ("churn", "attrit", "exited", "closed", "left", "cancel", "complain", "流失", "销户", "投诉", "退出")

ABOUT, PLACEBO = "about_", "placebo"
_READ_AS_NUMBER = _("The column {name} was read as the customer's number; where it is not, name the column that is.")


@dataclass(frozen=True)
class Columns:
    """The columns of a flat file beyond group and outcome.

    ``strata``: the groups were drawn within its values; ``cluster``: whole values of it were drawn; ``before``: numbers known before
    the groups were made; ``reached``: who was reached in the end; ``unit``: the customer's number, or what else is followed.
    ``time``: the period of each row; ``start``: the column with a unit's first treated period, or that period for all treated;
    ``covariates``: what was known before a choice that was not random; ``placebo``: an outcome from before the campaign.
    """

    strata: str | None = None
    cluster: str | None = None
    before: Sequence[str] = ()
    reached: str | None = None
    unit: str | None = None
    time: str | None = None
    start: str | None = None
    covariates: Sequence[str] = ()
    placebo: str | None = None

    @property
    def from_before(self) -> bool:
        """Whether a column from before the campaign is named."""
        return bool(self.before or self.covariates or self.placebo)

    @property
    def named(self) -> list[str]:
        """Every column named; ``start`` may be a value."""
        single = (self.strata, self.cluster, *self.before, self.reached, self.unit, self.time, *self.covariates, self.placebo)
        return [c for c in single if c]


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
    columns: Columns = Columns(),
    told: Told | None = None,
) -> Evaluation:
    """Judge an experiment from one table: every group of column ``arm`` against the group ``control``.

    ``outcome`` is a rate where it holds nothing but 0 and 1 (or yes and no), else an amount. ``design`` is what somebody
    declares; ``ratio`` the planned shares by group. ``better`` is told by the outcome's name unless given. ``told`` hears how far it is.

    Raises NotFound for a column or group that is not there, BadInput for an unusable column, design or share.
    """
    names, spelled = folded(group_names(column(rows, arm)))
    numbers, is_rate = outcome_numbers(column(rows, outcome))
    arms = sorted(names.drop_nulls().unique().to_list(), key=str.casefold)
    if not 1 <= len(arms) <= MOST_GROUPS or (len(arms) == 1 and folded(pl.Series([*arms, control.strip()]))[0].n_unique() == 1):
        raise BadInput(
            _("The column {name} holds {n} different values; name the column that says which group each member was in."),
            name=arm,
            n=Count(len(arms)),
        )
    base = same_group(control, arms, arm) if len(arms) > 1 else None
    declared = declared_design(design)
    over = _over_time(rows, names, base, columns, declared) if columns.time else None
    names = names if over is None else over.names
    meant = {same_group(a, arms, arm): share for a, share in (ratio or {}).items()}
    shares = checked_shares(meant, arms) if base is not None else None
    found_unit = None if columns.unit or columns.time else customer_column(rows, (arm, outcome, *columns.named))
    besides = [*_told(rows, replace(columns, unit=columns.unit or found_unit), (arm, outcome)), *(over.columns if over else ())]
    data = pl.DataFrame([names.alias("arm"), numbers.alias("y"), *besides]).filter(pl.col("arm").is_not_null())
    notes = [Text(_("The group {other} was read as {one}."), other=s, one=_one(s, arms)) for s in spelled]
    if len(data) < len(rows):
        notes.append(Text(_("{n} rows name no group and are left out."), n=Count(len(rows) - len(data))))
    data, overlap, note = in_two_groups(data, "unit")
    notes += [*note, *([Text(_READ_AS_NUMBER, name=found_unit)] if note and found_unit else [])]
    judged_by = Outcome(outcome, outcome, "ratio" if is_rate else "amount", better or better_way(outcome))
    order = [*(a for a in arms if a != base), *([base] if base else [])]
    panel, naive = None, None
    if over is not None:
        notes += over.notes
        panel = panel_of(data)
        naive = since(judged_by, panel)
        data = data.filter(pl.col(TIME) >= int(panel.starts.min())) if len(panel.starts) else data
    groups = [group(a, _label(arm, a), data.filter(pl.col("arm") == a)["y"]) for a in order]
    treated = [g for g in groups if g.arm != base]
    largest: list[Text] = []
    if not is_rate and base is not None and panel is None:
        largest = capped(judged_by, data, [g.arm for g in treated], base, {g.arm: g.label for g in groups})
    found = judged(
        judged_by,
        groups,
        base,
        declared,
        naive or by_itself(judged_by, data, [g.arm for g in treated], base, random=declared == "randomised", named=columns.from_before),
        data=data if panel is None else None,
        shares=shares,
        overlap=overlap,
        notes=notes,
        capped=largest,
    )
    words = {f"{ABOUT}{c}": c for c in columns.covariates}
    known = Known(data, words, PLACEBO if columns.placebo else None) if words and panel is None else NOT_KNOWN
    return strongest(found, NO_PANEL if panel is None else Over(panel, judged_by, treated[0].arm), known, told)


def _over_time(rows: pl.DataFrame, names: pl.Series, base: str | None, columns: Columns, design: str | None) -> Followed:
    if design == "randomised":
        raise BadInput(_("A random draw is judged on a row a customer, without --time."))
    if base is None or names.drop_nulls().n_unique() != 2:
        raise BadInput(_("A change over time is compared between two groups: one treated, one not."))
    return followed(rows, names, base, columns.time or "", columns.unit, columns.cluster, columns.start)


def _one(spelling: str, arms: Sequence[str]) -> str:
    plain = "".join(spelling.split()).casefold()
    return next(a for a in arms if "".join(a.split()).casefold() == plain)


def _told(rows: pl.DataFrame, columns: Columns, taken: tuple[str, str]) -> list[pl.Series]:
    """What the further columns hold, by the names that ``judged`` knows them under. Raises NotFound and BadInput."""
    for name in columns.named:
        if column(rows, name).name in taken:
            raise BadInput(_("The column {name} is the group or the outcome already; what came before must be another one."), name=name)
    found = []
    if columns.strata:
        strata = column(rows, columns.strata).cast(pl.String)
        if strata.n_unique() > MOST_STRATA:
            raise BadInput(
                _("The column {name} holds {n} different values; strata may be at most {most}."),
                name=columns.strata,
                n=Count(strata.n_unique()),
                most=MOST_STRATA,
            )
        found += [strata.alias("stratum"), strata.alias(f"{SEGMENT}{columns.strata}")]
    if columns.cluster:
        clusters = column(rows, columns.cluster).cast(pl.String)
        if clusters.null_count():
            raise BadInput(
                _("The column {name} is empty in {n} rows, so their cluster is not known."),
                name=columns.cluster,
                n=Count(clusters.null_count()),
            )
        found.append(clusters.alias("cluster"))
    found += [number_column(rows, name).alias(f"{BEFORE}{name}") for name in dict.fromkeys(columns.before)]
    if columns.reached:
        reached, yes_or_no = outcome_numbers(column(rows, columns.reached))
        if not yes_or_no:
            raise BadInput(_("The column {name} must say yes or no, or 1 or 0, for who was reached."), name=columns.reached)
        found.append(reached.fill_null(0.0).alias("reached"))
    found += [_about(rows, name) for name in dict.fromkeys(columns.covariates)]
    if columns.placebo:
        found.append(number_column(rows, columns.placebo).alias(PLACEBO))
    if columns.unit:
        found.append(column(rows, columns.unit).cast(pl.String).str.strip_chars().alias("unit"))
    return found


def _about(rows: pl.DataFrame, name: str) -> pl.Series:
    """What was known of the members: numbers where all are such, else words."""
    try:
        return number_column(rows, name).alias(f"{ABOUT}{name}")
    except BadInput:
        return group_names(column(rows, name)).alias(f"{ABOUT}{name}")


def _label(column_name: str, arm: str) -> str:
    return f"{column_name} = {arm}" if arm.replace(".", "").replace("-", "").isdigit() else arm
