"""A worklist frozen as a campaign: who is called and who is held out stands in a new data version, before the first call. METHODS C2."""

import datetime
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from churn_dash.campaigns.estimators.power import smallest_difference_of_rates
from churn_dash.campaigns.groups.measured import outcome_of
from churn_dash.campaigns.groups.members import HORIZON_DAYS
from churn_dash.campaigns.registration import KIND, Registration, enter, planned_looks
from churn_dash.contract import TABLES
from churn_dash.contract.tables.columns import MOST_MONEY
from churn_dash.errors import BadInput, NotPossible
from churn_dash.marks import _
from churn_dash.retention.loop.draw import HELD_OUT, TREATED, arms
from churn_dash.retention.loop.publishing import Ahead, published
from churn_dash.retention.worklists.worklist import Worklist
from churn_dash.risk import Model
from churn_dash.store import Dataset, Records, Workspace
from churn_dash.words import Money, Ratio

STRATA = {"tier": _("Risk grade × tier"), "manager": _("Risk grade × manager")}
LEAST_HELD, MOST_HELD = 0.01, 0.9
LONGEST = 1_095
LONGEST_NAME = 80
FEWEST = 10
"""A list of fewer customers is not worth drawing from."""


@dataclass(frozen=True)
class Terms:
    """How a list is frozen. ``hold_out`` is a share 0–1, ``start`` the first day that counts (else the day after the data end),
    ``strata`` one of ``STRATA``, ``kind`` what sort of campaign it is: a word such as ``call``, or the name of a play."""

    name: str
    hold_out: float = 0.2
    seed: int = 1
    start: datetime.date | None = None
    horizon_days: int = HORIZON_DAYS
    outcome: str = "churn"
    strata: str = "tier"
    kind: str = "call"
    cost_fixed: float = 0.0
    looks: int = 1
    """How often the result is looked at, the last time included."""


@dataclass(frozen=True)
class Frozen:
    """A list as it was frozen. ``strata``: stratum, n, held_out. ``smallest``: the least effect on churn that so many could show."""

    list_id: str
    name: str
    version: int
    start: datetime.date
    sizes: Mapping[str, int]
    strata: pl.DataFrame
    smallest: float | None
    registration: Registration

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "list_id": self.list_id,
            "name": self.name,
            "version": self.version,
            "start": self.start.isoformat(),
            "n": sum(self.sizes.values()),
            "arms": dict(self.sizes),
            "strata": self.strata.to_dicts(),
            "smallest_effect": self.smallest,
            "registration": self.registration.as_json(language),
        }


def freeze(
    workspace: Workspace,
    ds: Dataset,
    kept: Model,
    found: Worklist,
    terms: Terms,
    plays: Mapping[str, str | None],
    who: str | None = None,
) -> Frozen:
    """Freeze the customers on the list, each drawn into the target group or the hold-out, and register what it is judged by.

    ``plays``: customer → the play to be used. Only who is listed is frozen: capacity, cooldown, consent and running campaigns were
    asked already. Raises ``BadInput`` or ``NotPossible`` in one sentence; then nothing is changed.
    """
    start = checked(ds, terms)
    rows = found.rows
    if rows.height < FEWEST:
        raise NotPossible(
            _("The list holds {n} customers; at least {least} are needed to hold some of them out."), n=rows.height, least=FEWEST
        )
    records = Records(workspace.root)
    records.writable()
    list_id = _free(ds, records, found.day)
    drawn = arms(_stratified(rows, terms.strata), terms.hold_out, f"{terms.seed} {list_id}")
    tables = {"campaigns": _campaign(list_id, terms, start), "campaign_assignments": _members(list_id, drawn, found.day, plays)}
    digest = hashlib.sha256("\n".join(sorted(f"{c} {a}" for c, a in drawn.select("customer_id", "arm").iter_rows())).encode()).hexdigest()
    more = {
        "seed": terms.seed, "hold_out": terms.hold_out, "strata": terms.strata, "capacity": found.capacity, "model": kept.id,
        "cap": {"contacts": found.cap.contacts, "days": found.cap.days}, "cuts": found.cuts.as_json(), "counts": found.counts,
        "drawn_from": ds.version,
    }  # fmt: skip
    sizes = dict(drawn.group_by("arm").len().sort("arm", descending=True).iter_rows())
    by = drawn.group_by("stratum").agg(pl.len().alias("n"), (pl.col("arm") == HELD_OUT).sum().alias("held_out")).sort("stratum")
    base = float(rows["probability"].to_numpy().mean())
    least = smallest_difference_of_rates(sizes[TREATED], sizes[HELD_OUT], base, better="down")
    # Registered first: a kill in between leaves a registration of a list that is nowhere, never a list that nobody registered.
    registered = enter(Ahead(ds, tables), records, list_id, None, more, who, terms.looks)
    after = published(workspace, ds, tables, f"{list_id} {terms.name}", digest, kept)
    return Frozen(list_id, terms.name.strip(), after.version, start, sizes, by, least, registered)


def checked(ds: Dataset, terms: Terms) -> datetime.date:
    """The first day, where the terms can be kept. Raises ``BadInput`` or ``NotPossible`` in one sentence."""
    if ds.shape != "panel" or ds.data_end is None:
        raise NotPossible(_("A frozen list is judged on monthly data, and these data have no months."))
    if not 0 < len(terms.name.strip()) <= LONGEST_NAME:
        raise BadInput(_("Give the list a name of 1 to {most} characters."), most=LONGEST_NAME)
    if not LEAST_HELD <= terms.hold_out <= MOST_HELD:
        raise BadInput(
            _("The share held out must lie between {low} and {high}: without a hold-out nobody can know later whether it worked."),
            low=Ratio(LEAST_HELD),
            high=Ratio(MOST_HELD),
        )
    if terms.strata not in STRATA:
        raise BadInput(_("The hold-out is drawn within {known}; {name} is neither."), known=", ".join(STRATA), name=terms.strata)
    if not 1 <= terms.horizon_days <= LONGEST:
        raise BadInput(_("A list is judged 1 to {most} days after its first day; {n} cannot be."), most=LONGEST, n=terms.horizon_days)
    if not 0 <= terms.cost_fixed <= MOST_MONEY:
        raise BadInput(_("A cost lies between 0 and {most}; {n} does not."), most=Money(MOST_MONEY), n=terms.cost_fixed)
    outcome = outcome_of(terms.outcome, terms.name)
    if terms.looks != 1:
        planned_looks(terms.looks, outcome.name)
    start = terms.start or ds.data_end + datetime.timedelta(days=1)
    if start <= ds.data_end:
        raise BadInput(
            _("The first day must lie after {end}, up to which the data tell what happened: {day} does not."),
            end=ds.data_end.isoformat(),
            day=start.isoformat(),
        )
    if (start - ds.data_end).days > LONGEST:
        raise BadInput(
            _("The first day lies at most {most} days after {end}, up to which the data reach: {day} does not."),
            most=LONGEST,
            end=ds.data_end.isoformat(),
            day=start.isoformat(),
        )
    return start


def _free(ds: Dataset, records: Records, day: datetime.date) -> str:
    """A number that no campaign has or had: also a list that was undone keeps its own."""
    table = ds.table("campaigns")
    taken = {r.name for r in records.all(KIND)} | set(table["campaign_id"] if table is not None else ())
    n = 1
    while (found := f"L{day:%Y%m%d}-{n}") in taken:
        n += 1
    return found


def _stratified(rows: pl.DataFrame, by: str) -> pl.DataFrame:
    column = "owner" if by == "manager" else "tier"
    return rows.with_columns(pl.concat_str("grade", pl.col(column).cast(pl.String).fill_null("—"), separator=" · ").alias("stratum"))


def _campaign(list_id: str, terms: Terms, start: datetime.date) -> pl.DataFrame:
    share = round(terms.hold_out, 6)
    row = {
        "campaign_id": list_id,
        "name": terms.name.strip(),
        "type": terms.kind.strip() or None,
        "planned_ratio": f"{TREATED}={1 - share:g};{HELD_OUT}={share:g}",
        "start_date": start,
        "end_date": start + datetime.timedelta(days=terms.horizon_days - 1),
        "outcome": terms.outcome,
        "horizon_days": terms.horizon_days,
        "cost_fixed": float(terms.cost_fixed),
        "design": "randomised",
    }
    return pl.DataFrame([row], schema={c: column.dtype for c, column in TABLES["campaigns"].columns.items()})


def _members(list_id: str, drawn: pl.DataFrame, day: datetime.date, plays: Mapping[str, str | None]) -> pl.DataFrame:
    columns = TABLES["campaign_assignments"].columns
    told = drawn.select(
        pl.lit(list_id).alias("campaign_id"),
        "customer_id",
        "arm",
        pl.lit(day).alias("assigned_at"),
        pl.col("owner").alias("rm_id"),
        "stratum",
        pl.col("grade").alias("risk_grade"),
        pl.Series("play", [plays.get(c) for c in drawn["customer_id"]], dtype=pl.String),
    )
    lacking = [pl.lit(None, dtype=columns[c].dtype).alias(c) for c in columns if c not in told.columns]
    return told.with_columns(lacking).select(list(columns))
