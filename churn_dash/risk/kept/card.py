"""What is written beside a model: where it comes from, how it was tried, what it sees. Source: PLATFORM 3.4."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from churn_dash.marks import _
from churn_dash.risk.explained.readable import restored, said
from churn_dash.risk.features.left_out import LeftOut
from churn_dash.risk.trials.accuracy import CAPACITY, Bin
from churn_dash.store import Dataset, Records
from churn_dash.store.official import REASON_MAP
from churn_dash.words import Text, say
from churn_dash.words.numbers import DASH
from churn_dash.words.stored import read

CALLED = CAPACITY
"""At high risk is who scores like the riskiest tenth of the customers on which the model was tested."""


@dataclass(frozen=True)
class Gain:
    """What calling the riskiest ``share`` of customers brings on held-out rows: the risk from which they count, how good the list is."""

    share: float
    threshold: float
    precision: float
    recall: float
    lift: float


@dataclass(frozen=True)
class Tried:
    """How one kind of model did on rows it had not seen. ``figures`` are all its numbers by name, as the command line prints them."""

    name: str
    roc_auc: float | None
    roc_auc_low: float | None
    roc_auc_high: float | None
    pr_auc: float | None
    brier: float | None
    folds: tuple[float | None, ...]
    reliability: tuple[Bin, ...]
    gains: tuple[Gain, ...]
    figures: Mapping[str, Any]

    @classmethod
    def of_json(cls, data: Mapping[str, Any]) -> "Tried":
        """As ``Trial.as_json`` wrote it."""
        numbers = {k: data.get(k) for k in ("roc_auc", "roc_auc_low", "roc_auc_high", "pr_auc", "brier")}
        bins = tuple(Bin(**{k: b[k] for k in ("predicted", "observed", "low", "high", "n")}) for b in data["reliability"])
        gains = tuple(Gain(**{k: g[k] for k in ("share", "threshold", "precision", "recall", "lift")}) for g in data["gains"])
        return cls(data["name"], **numbers, folds=tuple(data["folds"]), reliability=bins, gains=gains, figures=data)

    @property
    def roc_auc_interval(self) -> tuple[float | None, float | None]:
        """The 95 % interval of the mean ROC-AUC over customers drawn again; None where it is not known."""
        found = self.figures.get("measures", {}).get("roc_auc", {})
        return found.get("low"), found.get("high")

    @property
    def tenth(self) -> Gain:
        """The gain of the riskiest tenth."""
        return min(self.gains, key=lambda g: abs(g.share - CALLED))


@dataclass(frozen=True)
class Card:
    """The card of a kept model. ``version`` is the data version it learnt from, ``tag`` its churn definition in words with the settings
    of that day (None for a cross-section), ``reason_map`` that in force then (version, who, made, decided), ``windows`` the months
    looked at, ``libraries`` what it was made with, ``calibrated`` on what its probabilities were calibrated, ``rules`` the rules without
    a model (``RuleTrial.as_json``), ``readable`` what can be read of the kinds (``explained.readable``, sentences as ``read`` takes
    them), ``choice`` who overruled and why, ``data`` everything as written.
    """

    id: str
    name: str
    created: str
    who: str
    version: int
    shape: str
    definition: str | None
    tag: Text | None
    target: str
    reason_map: Mapping[str, Any]
    windows: Mapping[str, Any] | None
    seed: int
    features: tuple[str, ...]
    libraries: Mapping[str, str]
    base_rate: float
    n: int
    trials: tuple[Tried, ...]
    importance: Mapping[str, float]
    left_out: tuple[LeftOut, ...]
    known_of: Mapping[str, int]
    why: Text
    tested: Text
    calibrated: Text
    rules: tuple[Mapping[str, Any], ...]
    readable: Mapping[str, Any]
    choice: Mapping[str, Any] | None
    data: Mapping[str, Any]

    @classmethod
    def of_json(cls, data: Mapping[str, Any]) -> "Card":
        """As ``registry.saved`` wrote it."""
        same = ("id", "name", "created", "who", "version", "shape", "definition", "target", "windows", "seed", "libraries", "importance")
        return cls(
            **{k: data[k] for k in same},
            reason_map=data["reason_map"],
            tag=read(data["tag"]) if data.get("tag") else None,
            features=tuple(f["name"] for f in data["design"]["features"]),
            base_rate=float(data["base_rate"]),
            n=int(data["training"]["n"]),
            trials=tuple(Tried.of_json(m) for m in data["training"]["models"]),
            left_out=tuple(LeftOut(x["column"], read(x["text"]), x["leak"]) for x in data["left_out"]),
            known_of=data["known_of"],
            why=read(data["why"]),
            tested=read(data["tested"]),
            calibrated=read(data["calibrated"]),
            rules=tuple(data["training"]["rules"]),
            readable=data["readable"],
            choice=data["training"]["choice"],
            data=data,
        )

    @property
    def chosen(self) -> Tried:
        """How the kept model itself did."""
        return next(t for t in self.trials if t.name == self.name)

    @property
    def tenth(self) -> Gain:
        """What calling the riskiest tenth brings."""
        return self.chosen.tenth

    @property
    def threshold(self) -> float:
        """The risk from which a customer counts as high: that of the riskiest tenth of the customers it was tested on."""
        return self.tenth.threshold

    @property
    def reliability(self) -> tuple[Bin, ...]:
        """Predicted beside observed on rows it had not seen."""
        return self.chosen.reliability

    @property
    def reasons(self) -> Text:
        """Which reason map was in force when it learnt, and of which codes it says otherwise who decided."""
        found = self.reason_map
        if not found["version"]:
            return Text(_("reasons by the usual map"))
        codes = ", ".join(f"{code} = {who}" for code, who in sorted(found["decided"].items())) or DASH
        named = {"version": found["version"], "who": found["who"], "day": found["made"][:10], "codes": codes}
        return Text(_("reasons by change {version} of the reason map, by {who} on {day}; decided otherwise than usual: {codes}"), **named)

    @property
    def best(self) -> Tried:
        """The kind with the best PR-AUC, whether or not it is the one kept."""
        return max(self.trials, key=lambda t: t.pr_auc or 0.0)

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """Everything that a person may want to know of the model later: how every kind did on rows not seen (with calibration groups,
        gains and the promise of a random split), what can be read of them, what was left out, from what and with what it was made."""
        same = (
            "id",
            "name",
            "created",
            "who",
            "version",
            "shape",
            "definition",
            "target",
            "windows",
            "seed",
            "libraries",
            "base_rate",
            "n",
        )
        return {
            **{k: getattr(self, k) for k in same},
            "definition_tag": None if self.tag is None else say(self.tag, language),
            "reason_map": dict(self.reason_map),
            "reasons": say(self.reasons, language),
            "features": [{"name": n, "known": self.known_of.get(n)} for n in self.features],
            "customers": self.known_of.get("customers"),
            "left_out": [{"column": x.column, "why": say(x.why, language), "leak": x.leak} for x in self.left_out],
            "why_chosen": say(self.why, language),
            "tested": say(self.tested, language),
            "calibrated": say(self.calibrated, language),
            "choice": self.choice,
            "rows_dropped": self.data["training"]["rows_dropped"],
            "stayers": self.data["training"]["stayers"],
            "models": [dict(t.figures) for t in self.trials],
            "rules": [dict(r) for r in self.rules],
            "readable": said(restored(self.readable), language),
            "importance": dict(self.importance),
            "sha256": dict(self.data["sha256"]),
        }


def reasons_in_force(ds: Dataset) -> dict[str, Any]:
    """The reason map in force, for the card: which change of it, by whom and when (0 and None: the usual map), and the codes of which it
    says otherwise who decided."""
    found = Records(ds.root).latest(*REASON_MAP) if ds.shape == "panel" else None
    if found is None:
        return {"version": 0, "who": None, "made": None, "decided": {}}
    return {"version": found.version, "who": found.who, "made": found.made, "decided": dict(ds.settings.decided)}
