"""The tables beside customers, accounts and months: what the bank writes down of products, contacts, warnings, the market, itself."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from churn_dash.sample.tables import alarms, lost, movements, organisation, products, surroundings, tiers, touches
from churn_dash.sample.tables.story import Story

__all__ = ["Story", "further"]


def further(luck_of: Mapping[str, np.random.Generator], story: Story) -> dict[str, pl.DataFrame]:
    """Every further table by its name in the contract. Nothing here changes what the customers do: no intervention has an effect."""
    warned = alarms.warnings(luck_of["warnings"], story)
    return {
        "product_holdings": products.product_holdings(luck_of["product_holdings"], story),
        "large_transactions": movements.large_transactions(luck_of["large_transactions"], story),
        "loans": products.loans(luck_of["loans"], story),
        "cards": products.cards(luck_of["cards"], story),
        "contacts": touches.contacts(luck_of["contacts"], story),
        "market_month": surroundings.market_month(luck_of["market_month"], story),
        "competitor_products": surroundings.competitor_products(luck_of["competitor_products"], story),
        "fees": movements.fees(luck_of["fees"], story),
        "process_month": surroundings.process_month(luck_of["process_month"], story),
        "warnings": warned,
        "interventions": alarms.interventions(luck_of["interventions"], story, warned),
        "winbacks": lost.winbacks(luck_of["winbacks"], story),
        "tier_history": tiers.tier_history(story),
        "branches": organisation.branches(luck_of["branches"], story.months),
        "staff": organisation.staff(luck_of["staff"], story.months),
        "training_records": organisation.training_records(luck_of["training_records"], story.months),
        "expert_scores": organisation.expert_scores(luck_of["expert_scores"]),
    }
