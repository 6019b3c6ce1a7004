"""What to do about a reason: the plays, and the own product that fits the customer."""

from churn_dash.retention.plays.catalogue import PLAY_KINDS, THEMES, Play
from churn_dash.retention.plays.customers import Facts, facts, facts_of, groupings
from churn_dash.retention.plays.kept import known, plays, products, put_play, put_product
from churn_dash.retention.plays.own_products import APPETITES, OwnProduct, suggested
from churn_dash.retention.plays.told import Advice, advice, play_for, plays_for

__all__ = [
    "APPETITES",
    "PLAY_KINDS",
    "THEMES",
    "Advice",
    "Facts",
    "OwnProduct",
    "Play",
    "advice",
    "facts",
    "facts_of",
    "groupings",
    "known",
    "play_for",
    "plays",
    "plays_for",
    "products",
    "put_play",
    "put_product",
    "suggested",
]
