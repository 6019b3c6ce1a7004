"""Does a model find leavers better than the index? Both on the same held-out rows. Source: METHODS D2, D3, D4."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from churn_dash.risk.index.compared import RiskIndex
from churn_dash.risk.index.weighted import Way
from churn_dash.risk.kept.compared import APART, SCORE, same_rows
from churn_dash.risk.kept.registry import Model
from churn_dash.risk.trials.ranking import Ranked, mean_auc_gain
from churn_dash.words import Text, say


@dataclass(frozen=True)
class Against:
    """The model's mean AUC over the tests less that of each weighting, with 95 % intervals by drawing customers again; all None where
    they were not tested on the same rows, which ``how`` says."""

    gains: Mapping[Way, Ranked]
    how: Text

    @property
    def model_better(self) -> bool:
        """Whether the model is clearly better than every weighting that was tested."""
        known = [g for g in self.gains.values() if g.value is not None]
        return bool(known) and all(g.low is not None and g.low > 0 for g in known)

    @property
    def index_better(self) -> tuple[Way, ...]:
        """The weightings that are clearly better than the model."""
        return tuple(w for w, g in self.gains.items() if g.high is not None and g.high < 0)

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it: positive where the model is better."""
        return {"how": say(self.how, language), "weightings": [{"name": w, **vars(g)} for w, g in self.gains.items()]}


def against(one: RiskIndex, model: Model, seed: int = 0) -> Against:
    """The index and a kept model on the rows that neither had seen. Raises ``WorkspaceProblem`` where the model's rows were touched."""
    none: dict[Way, Ranked] = {w: Ranked(None) for w in one.aucs}
    if (model.card.version, str(model.card.tag)) != (one.version, str(one.tag)):
        return Against(none, APART)
    rows, how = same_rows(one.held, model.held())
    if rows is None:
        return Against(none, how)
    parts = [part for _fold, part in rows.group_by("fold", maintain_order=True)]

    def gain(way: Way) -> Ranked:
        tests = [(p[f"{SCORE}{way}"].to_numpy(), p["score"].to_numpy(), p["y"].to_numpy(), p["customer_id"].to_numpy()) for p in parts]
        return mean_auc_gain(tests, seed)

    return Against({w: gain(w) for w in one.aucs}, how)
