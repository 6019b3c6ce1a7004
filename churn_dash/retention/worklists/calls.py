"""Whom to call first: the customers with most at stake who may be called, with the reason and what they hold."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from churn_dash.access import Scope
from churn_dash.measures.question import Question
from churn_dash.retention.plays.catalogue import Play
from churn_dash.retention.plays.told import plays_for
from churn_dash.retention.threshold.policy import Cuts, usual
from churn_dash.retention.worklists import standing
from churn_dash.risk.explained.reasons import Reason, on_a_card, reason_of
from churn_dash.risk.kept.registry import Model
from churn_dash.risk.scores.asked import score
from churn_dash.store import Dataset
from churn_dash.words import say


@dataclass(frozen=True)
class Call:
    """One customer to call: risk 0–1, what he holds in CNY (None: not known), and the model's reasons, steady ones first."""

    customer_id: str
    probability: float
    value: float | None
    reasons: tuple[Reason, ...]

    @property
    def card(self) -> tuple[Reason, ...]:
        """The reasons that a manager may be told: steady ones, at most three."""
        return on_a_card(self.reasons)

    def as_json(self, language: str = "en", plays: Mapping[str, Play] | None = None) -> dict[str, Any]:
        """A row of the list; ``reason`` is the first steady one in words with its mark, null where there is none; ``play`` answers
        the first that any answers."""
        said = [say(r.text, language) for r in self.card]
        play = next(iter(plays_for(plays, self.card)), None) if plays else None
        return {
            "customer_id": self.customer_id,
            "probability": self.probability,
            "value": self.value,
            "mark": self.card[0].mark if said else None,
            "reason": said[0] if said else None,
            "reasons": said,
            "play": say(play.title, language) if play else None,
        }


def may_be_called(ds: Dataset, model: Model, scope: Scope) -> pl.DataFrame:
    """Everybody who is there and may be called, with the columns of ``score`` and ``value``, what he holds in CNY (null: not known).

    Not among them: who has left already, and who has not agreed to marketing contact or asked to be left alone, by the one rule of the
    care lists (``care.contacts``). METHODS D7.
    """
    there = standing.touched(standing.standing(Question(ds, scope, definition=model.card.definition))).people
    able = there.filter(~pl.col("refused")).select("customer_id", value="balance")
    return score(ds, model, scope=scope).join(able, on="customer_id", maintain_order="left")


def first_calls(
    ds: Dataset,
    model: Model,
    n: int = 50,
    cuts: Cuts | None = None,
    *,
    scope: Scope,
) -> tuple[Call, ...]:
    """The ``n`` customers to call: of those at high risk those with most at stake first, risk × what they hold (METHODS B9); then the
    others likewise. By risk where no balances are known. ``cuts``: from which risk it is high, by default the usual ones.

    Whoever has moved his money already is certain to be counted as lost, but there is nothing left to keep. Only ``may_be_called``.
    """
    rows = may_be_called(ds, model, scope)
    stake = pl.col("probability") * pl.col("value").fill_null(0.0).clip(0.0)
    risky = pl.col("probability") >= (cuts or usual(model)).high
    chosen = rows.sort([risky, stake, "probability", "output", "customer_id"], descending=[True, True, True, True, False]).head(n)
    return tuple(
        Call(row["customer_id"], row["probability"], row["value"], reasons_of(row["reasons"], model))
        for row in chosen.iter_rows(named=True)
    )


def reasons_of(kept: str, model: Model) -> tuple[Reason, ...]:
    """The reasons of a customer as they stand in the scores."""
    return tuple(reason_of(r, model.design.features) for r in json.loads(kept))


def calls_frame(calls: tuple[Call, ...], language: str = "en", plays: Mapping[str, Play] | None = None) -> pl.DataFrame:
    """The list as a frame to download: customer_id, probability, value, mark, reason, and with ``plays`` play."""
    kinds: dict[str, Any] = {
        "customer_id": pl.String,
        "probability": pl.Float64,
        "value": pl.Float64,
        "mark": pl.String,
        "reason": pl.String,
    }
    if plays is not None:
        kinds["play"] = pl.String
    rows = [c.as_json(language, plays) for c in calls]
    return pl.DataFrame([{k: r[k] for k in kinds} for r in rows], schema=kinds)
