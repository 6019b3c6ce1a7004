"""What was known of a campaign's members before it began: for balance, for adjustment, by segment, stratum and cluster. METHODS C5, C6."""

import polars as pl

from churn_dash.campaigns.groups.balance import KNOWN_BEFORE, MONTHLY, SINCE, with_known
from churn_dash.campaigns.groups.checks import KNOWN, SEGMENT
from churn_dash.campaigns.groups.extract import Extract, of_month
from churn_dash.campaigns.groups.members import Campaign
from churn_dash.campaigns.groups.numbered import beside
from churn_dash.errors import BadInput, NotFound
from churn_dash.store.reading import full_table, month_columns, month_of
from churn_dash.words import Count, _, nearest

BEFORE = "before_"
"""Columns whose names begin so are adjusted for: numbers from before the groups were made."""
MOST_STRATA = 50
FEWEST_MEMBERS, FEWEST_BRANCHES = 5, 4
FIRST_LOOKED_AT = 10_000
"""Members among whom a mixed branch is looked for first: in most campaigns that settles it."""
_SEGMENTS = ("tier", "customer_type", "age_band")
_SEGMENT_WORDS = {"tier": _("Tier"), "customer_type": _("Customer type")}


def beforehand(ds: Extract, campaign: Campaign, members: pl.DataFrame, strata: str | None, cluster: str | None) -> pl.DataFrame:
    """The members with ``known_…``, ``before_…``, ``segment_…``, and ``stratum`` and ``cluster`` where they are asked for.

    The stratum ``stratum`` is the one within which a frozen list was drawn; such a list is compared within it unless another
    characteristic is asked for. Adjusted for is the outcome itself in the month before, where it is an amount by month, else the
    logarithm of the balances.
    Raises NotFound and BadInput for a stratum or cluster that cannot be used.
    """
    drawn = members["stratum"].cast(pl.String) if strata in (None, "stratum") and drawn_in_strata(members) else None
    members = members.drop("stratum", "cluster", strict=False)
    amount = campaign.outcome.name if campaign.outcome.unit != "ratio" else None
    dimensions = [f"d_{s}" for s in _SEGMENTS]
    found = with_known(ds, members, campaign.start, [*([amount] if amount else []), *dimensions])
    own = amount or "aum_avg"
    if own in found.columns:
        value = pl.col(own).cast(pl.Float64)
        before = value if amount else value.clip(0.0).log1p()
        found = found.with_columns(before.alias(f"{BEFORE}{amount or 'balance'}"))
    extra = [amount] if amount and amount not in MONTHLY else []
    known = {c: f"{KNOWN}{c}" for c in (*MONTHLY, *SINCE)}
    segments = {d: f"{SEGMENT}{d.removeprefix('d_')}" for d in dimensions}
    found = found.drop(extra, strict=False).rename({k: v for k, v in (known | segments).items() if k in found.columns})
    if drawn is not None:
        found, strata = found.with_columns(drawn.alias("stratum")), None
    for name, column in ((strata, "stratum"), (cluster, "cluster")):
        if name:
            found = beside(found, _trait(ds, name, campaign).rename({"v": column}))
    return _usable(found, strata, cluster)


def drawn_in_strata(members: pl.DataFrame) -> bool:
    """Whether the members' table says within which strata the hold-out was drawn."""
    return "stratum" in members.columns and members["stratum"].null_count() < len(members)


def drawn_by_branch(ds: Extract, members: pl.DataFrame) -> bool:
    """Whether whole branches are in one group: every branch with five members or more, of at least four, in both groups.

    Four such branches are alike by chance less than once in a million campaigns whose members were drawn one by one.
    """
    people = full_table(ds, "customers")
    if people is None or "branch_id" not in people.columns:
        return False
    if members.height > FIRST_LOOKED_AT and _mixed(_branches(members.head(FIRST_LOOKED_AT), people)):
        return False
    branches = _branches(members, people)
    large = branches.filter(pl.col("n") >= FEWEST_MEMBERS)
    known = branches["branch_id"].null_count() == 0
    return known and large.height >= FEWEST_BRANCHES and not _mixed(branches) and large["arm"].n_unique() > 1


def _branches(members: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    at = beside(members.select("customer_id", "arm"), people.select("customer_id", "branch_id"))
    return at.group_by("branch_id").agg(pl.len().alias("n"), pl.col("arm").n_unique().alias("arms"), pl.col("arm").first())


def _mixed(branches: pl.DataFrame) -> bool:
    """Whether a branch that counts has members in several groups: of some members this is so of all."""
    return bool((branches.filter(pl.col("n") >= FEWEST_MEMBERS)["arms"] > 1).any())


def known_words() -> dict[str, str]:
    """What the columns of ``beforehand`` that members are made comparable by are called."""
    return {f"{KNOWN}{c}": label for c, label in KNOWN_BEFORE.items()} | {f"{SEGMENT}{s}": label for s, label in _SEGMENT_WORDS.items()}


def with_earlier(
    ds: Extract, campaign: Campaign, members: pl.DataFrame, words: dict[str, str]
) -> tuple[pl.DataFrame, dict[str, str], str | None]:
    """The members with how their balances moved lately and, from before that, how they had moved: nothing can have changed the latter.

    The columns, their words, and the name of the earlier one; without balances nothing is added.
    """
    found = members
    for name, until, since in (("moved", -1, -4), ("earlier", -4, -7)):
        each = [of_month(ds, month_of(campaign.start, shift), ["aum_avg"]) for shift in (until, since)]
        if any(e["aum_avg"].null_count() == len(e) for e in each):
            return found, words, None
        late, early = (e.select("customer_id", pl.col("aum_avg").cast(pl.Float64).clip(0.0).log1p().alias("v")) for e in each)
        change = late.join(early, on="customer_id", suffix="_0").select("customer_id", (pl.col("v") - pl.col("v_0")).alias(name))
        found = found.join(change, on="customer_id", how="left", maintain_order="left")
        words = words | ({name: _("Change of balances over three months")} if name == "moved" else {})
    return found, words, "earlier"


def _trait(ds: Extract, name: str, campaign: Campaign) -> pl.DataFrame:
    """customer_id, v: what a customer was in the month before the start, else what the table of customers says. Raises NotFound."""
    dimensions = [c.removeprefix("d_") for c in month_columns(ds) if c.startswith("d_")]
    people = full_table(ds, "customers")
    if name in dimensions:
        return of_month(ds, month_of(campaign.start, -1), [f"d_{name}"]).select(
            "customer_id", pl.col(f"d_{name}").cast(pl.String).alias("v")
        )
    if people is not None and name in people.columns and name != "customer_id":
        return people.select("customer_id", pl.col(name).cast(pl.String).alias("v"))
    known = sorted({*dimensions, *(people.columns if people is not None else ())} - {"customer_id"})
    raise NotFound(
        _("There is no characteristic {name} of customers; the nearest is {nearest}."),
        name=name,
        nearest=nearest(name, known) or ", ".join(known),
    )


def _usable(found: pl.DataFrame, strata: str | None, cluster: str | None) -> pl.DataFrame:
    if strata and found["stratum"].n_unique() > MOST_STRATA:
        raise BadInput(
            _("The column {name} holds {n} different values; strata may be at most {most}."),
            name=strata,
            n=Count(found["stratum"].n_unique()),
            most=MOST_STRATA,
        )
    if cluster and found["cluster"].null_count():
        raise BadInput(
            _("The column {name} is empty in {n} rows, so their cluster is not known."),
            name=cluster,
            n=Count(found["cluster"].null_count()),
        )
    return found
