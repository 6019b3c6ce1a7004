"""What to do about a reason: the plays, and the own product that fits the customer."""

from churn_dash.retention.plays.catalogue import PLAY_KINDS, Play
from churn_dash.retention.plays.customers import Facts, facts, groupings
from churn_dash.retention.plays.kept import known, plays, products, put_play, put_product
from churn_dash.retention.plays.own_products import APPETITES, OwnProduct, suggested
from churn_dash.retention.plays.told import Advice, advice, play_for

__all__ = [
    "APPETITES",
    "PLAY_KINDS",
    "Advice",
    "Facts",
    "OwnProduct",
    "Play",
    "advice",
    "facts",
    "groupings",
    "known",
    "play_for",
    "plays",
    "products",
    "put_play",
    "put_product",
    "suggested",
]
