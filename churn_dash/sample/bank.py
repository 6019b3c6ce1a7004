"""The synthetic bank: tables as a bank would cut them, and the truth behind them. Source: METHODS E."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from churn_dash.sample import activity, assignments, campaigns, departures, exits, people, satisfaction
from churn_dash.sample.holdings import holdings
from churn_dash.sample.market import market
from churn_dash.sample.months import Months
from churn_dash.sample.process import paths
from churn_dash.sample.streams import streams
from churn_dash.sample.tables import Story, further
from churn_dash.sample.truth import Truth, truth
from churn_dash.words import Text, _

SIZES = {"tiny": (500, 12), "demo": (20_000, 36), "stress": (200_000, 36)}
"""Customers and months of the ready-made sizes."""

LAST_DAY = datetime.date(2026, 10, 31)
ANNUAL_CHURN = 0.12


@dataclass(frozen=True)
class Bank:
    """A bank's extract (``tables`` by contract name) and what is true of it."""

    tables: dict[str, pl.DataFrame]
    truth: Truth
    seed: int


def _silent(step: Text, done: float) -> None:
    """Tell nobody."""


def generate(
    seed: int = 1,
    n_customers: int = 20_000,
    months: int = 36,
    end: datetime.date = LAST_DAY,
    progress: Callable[[Text, float], None] | None = None,
    *,
    frailty: float = 1.0,
) -> Bank:
    """A bank of ``n_customers`` over ``months`` complete months, the last holding ``end``; the same for the same seed.

    60 % of the customers were there before the first month, 40 % join during it all (METHODS E2b). ``frailty`` 0 takes out
    what no bank measures (loyalty and the bond with the manager). ``progress(step, share done 0–1)`` is called as it goes.

    >>> bank = generate(n_customers=50, months=6)
    >>> bank.tables["customers"].height, bank.tables["customer_month"]["month"].n_unique()
    (50, 6)
    """
    tell = progress or _silent
    luck_of = streams(seed)
    time = Months(months, end)
    tell(Text(_("Drawing the customers")), 0.0)
    of = people.people(luck_of["people"], n_customers, time)
    held = holdings(luck_of["holdings"], of, time)
    around = market(luck_of["market"], time)
    angry = satisfaction.grievances(luck_of["complaints"], of, time)
    level = satisfaction.satisfaction(luck_of["surveys"], of, angry)
    tell(Text(_("Letting the months pass")), 0.15)
    path = paths(luck_of["paths"], of, held, around, angry, level, time, frailty)
    luck = exits.chances(luck_of["exits"], time.count, len(of))
    intercept = exits.calibrated(of, path, time, luck, ANNUAL_CHURN)
    untouched = exits.world(of, path, time, luck, intercept)
    tell(Text(_("Running the campaigns")), 0.45)
    found, happened = campaigns.planted(
        luck_of["campaign_assignments"],
        of,
        path,
        time,
        luck,
        intercept,
        untouched,
        lambda shift, unrest: exits.world(of, path, time, luck, intercept, shift, unrest),
    )
    tell(Text(_("Writing what the bank saw")), 0.55)
    depth = exits.ramp(of, happened, luck, time)
    parts = departures.pieces(luck_of["accounts"], of, held, happened, time)
    monthly = activity.customer_month(luck_of["customer_month"], of, held, around, path, happened, depth, parts, time)
    tell(Text(_("Asking how satisfied they are")), 0.9)
    active = happened.state == exits.HERE
    surveys, satisfied = satisfaction.surveys(luck_of["surveys"], of, angry, level, active, time)
    members = assignments.assignments(luck_of["campaign_assignments"], of, found, happened, time)
    tables = {
        "customers": people.customers(of),
        "accounts": departures.accounts(of, parts),
        "customer_month": monthly,
        "surveys": surveys,
        "complaints": satisfaction.complaints(of, angry, active, int(time.start[-1]) - 1),
        "campaigns": assignments.campaigns(found, time),
        "campaign_assignments": members,
        "churn_events": departures.churn_events(luck_of["churn_events"], of, happened),
    }
    tell(Text(_("Filling the other tables")), 0.93)
    tables |= further(luck_of, Story(of, held, around, path, happened, intercept, parts, time, tables))
    potential = assignments.effects(of, found, time)
    settings = {"seed": seed, "n_customers": n_customers, "months": months, "end": end.isoformat(), "frailty": frailty}
    known = truth(of, path, time, intercept, untouched, happened, potential, assignments.average_effects(potential), satisfied, settings)
    tell(Text(_("The bank is ready")), 1.0)
    return Bank(tables, known, seed)
