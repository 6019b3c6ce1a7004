"""What each model that was tried would earn, by the stakes of the profit curve. METHODS D8."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

from churn_dash.contract.assumptions import ACTING
from churn_dash.marks import _
from churn_dash.measures.money.assumptions import Held
from churn_dash.retention.threshold.money import Offer
from churn_dash.retention.threshold.policy import Cuts
from churn_dash.risk import KINDS, RULES, Model
from churn_dash.risk.kept.compared import SCORE
from churn_dash.risk.trials import resampled
from churn_dash.risk.trials.profit import DEFAULT, Stakes
from churn_dash.risk.trials.resampled import Measured
from churn_dash.words import Money, Ratio, Text, say


@dataclass(frozen=True)
class BankStakes:
    """The stakes by which models are compared; ``own`` where they are those of the profit curve, not of the published example; ``words``
    say which they are and who set them."""

    stakes: Stakes
    own: bool
    words: Text

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it."""
        return asdict(self.stakes) | {"own": self.own, "words": say(self.words, language)}


def bank_stakes(values: pl.DataFrame, assumed: Mapping[str, Held], cuts: Cuts) -> BankStakes:
    """The stakes of the profit curve, with the mean of what customers are worth (column ``value``, CNY); those of the published example
    only where that is not known."""
    known = values["value"].drop_nulls()
    worth = assumed["decay"].value * float(known.mean() or 0.0) if len(known) else 0.0  # type: ignore[arg-type]
    if worth <= 0:
        usual = {"value": Money(DEFAULT.value), "offer": Money(DEFAULT.offer), "contact": Money(DEFAULT.contact)}
        sentence = _(
            "Profit: the expected maximum profit (EMPC) of the published example, with customers worth {value}, offers at {offer} "
            "and contacts at {contact}, as it is not known what customers of this bank are worth."
        )
        return BankStakes(DEFAULT, False, Text(sentence, **usual))
    by = Offer.of(assumed)
    setters = {h.who for n, h in assumed.items() if n in ACTING and h.who is not None and h.measured is None}
    if cuts.by == "money" and cuts.who is not None:
        setters.add(cuts.who)
    told = _("set by {who}") if setters else _("defaults of the page What it costs, as nobody has set this bank's own")
    named = {
        "value": Money(worth),
        "offer": Money(by.offer),
        "contact": Money(by.contact),
        "saved": Ratio(by.saved),
        "from": assumed["save_rate"].origin,
        "told": Text(told, who=", ".join(sorted(setters))) if setters else told,
    }
    sentence = _(
        "Profit: the expected maximum profit (EMPC) by the stakes of the profit curve: customers worth {value} on average, offers at "
        "{offer}, contacts at {contact} ({told}), {saved} of leavers kept ({from})."
    )
    return BankStakes(Stakes(worth, by.offer, by.contact, by.saved, by.ends), True, Text(sentence, **named))


def profits(kept: Model, by: BankStakes) -> dict[str, Measured]:
    """The expected maximum profit of every kind and rule that was tried with a model, by name, over its tests; without those whose scores
    were not kept with it."""
    rows = kept.held()
    if "fold" not in rows.columns:
        return {}
    rows = rows.with_columns(whose=pl.col("customer_id").rank("dense").cast(pl.Int64) - 1)
    parts = rows.partition_by("fold", maintain_order=True)
    columns = [c for c in rows.columns if c.startswith(SCORE)]
    return {
        c.removeprefix(SCORE): resampled.earned(
            [resampled.HeldOut(*(part[x].to_numpy() for x in ("whose", "y", c))) for part in parts], by.stakes, kept.card.seed
        )
        for c in columns
    }


def side_by_side(kept: Model, by: BankStakes, language: str = "en") -> dict[str, Any]:
    """The models and rules side by side as the command line prints them: every measure with interval, range over the tests, and n."""
    own = profits(kept, by) if by.own else {}
    tests = len(kept.card.chosen.folds)

    def line(label: str, figures: Mapping[str, Any]) -> dict[str, Any]:
        measures = with_profit(figures["measures"], own.get(figures["name"]), by)
        return {"name": figures["name"], "label": say(label, language), "tests": tests, "n": figures.get("n"), "measures": measures}

    labels = {r.name: r.label for r in RULES}
    rules = [line(labels[r["name"]], r) for r in kept.card.rules]
    models = [line(KINDS[t.name].label, t.figures) for t in kept.card.trials]
    return {"model_id": kept.id, "chosen": kept.name, "stakes": by.as_json(language), "rules": rules, "models": models}


def with_profit(measures: Mapping[str, Any], own: Measured | None, by: BankStakes) -> dict[str, Any]:
    """The measures of a model with its profit by these stakes; undefined where the stakes are the bank's and its scores were not kept."""
    if not by.own:
        return dict(measures)
    unknown = Measured(None, None, None, None, None)
    return dict(measures) | {"profit": (own or unknown).as_json()}
