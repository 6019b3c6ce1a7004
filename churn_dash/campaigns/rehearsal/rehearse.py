"""A known effect is planted, and each design is asked what it finds; again and again, since one draw proves little. METHODS E3, E6.

Of those who leave in the data, some are kept by luck so that the rate falls by the planted size if everybody is treated. Who is treated is
drawn at random, drawn more often at high risk, or drawn by whole branches. The truth is counted in each draw: for a hold-out and for the
adjusted comparison among all members, for what looks at the treated alone among them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from churn_dash.campaigns.estimators import differences, propensity
from churn_dash.campaigns.estimators.panel import NEVER, Panel
from churn_dash.campaigns.rehearsal.stage import Stage, stage
from churn_dash.errors import BadInput
from churn_dash.measures.question import Question
from churn_dash.measures.statistics.estimates import Estimate, rate
from churn_dash.measures.statistics.intervals import newcombe
from churn_dash.words import Ratio, Text, _

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

ASSIGNMENTS = {"random": _("drawn at random"), "risk": _("those at risk more often"), "branch": _("whole branches")}
DESIGNS = {
    "naive": _("Before and after only"),
    "difference": _("Against the others"),
    "adjusted": _("Adjusted for what was known"),
    "change": _("Change beyond that of other branches"),
}
MOST, MOST_DRAWS = 20_000, 200
_LEANING = 1.0
"""By risk: so much the log-odds of being treated rise with each standard deviation of risk."""


@dataclass(frozen=True)
class Planted:
    """What is planted: the fall of the rate (0–1), who is treated, the share treated, members, repeated draws."""

    effect: float = 0.01
    assignment: str = "random"
    share: float = 0.5
    members: int = 3_000
    draws: int = 50
    seed: int = 0

    def checked(self) -> "Planted":
        """The same. Raises ``BadInput`` for what cannot be planted."""
        if self.assignment not in ASSIGNMENTS:
            raise BadInput(_("Nobody is assigned by {name}; there are: {known}."), name=self.assignment, known=", ".join(ASSIGNMENTS))
        if not 0.05 <= self.share <= 0.95 or not 100 <= self.members <= MOST or not 1 <= self.draws <= MOST_DRAWS:
            raise BadInput(_("A rehearsal treats 5% to 95% of 100 to 20,000 members, in 1 to 200 draws."))
        return self


@dataclass(frozen=True)
class Found:
    """What one design found. ``first``: in the first draw, beside the truth there; over all draws the mean of it and of the
    truth, the share of draws whose range held the truth, and the share in which it had the wrong sign. ``why``: why it cannot be asked."""

    design: str
    first: Estimate | None
    first_truth: float | None
    mean: float | None
    truth: float | None
    held: Estimate
    wrong: float | None
    why: Text | None = None

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it."""
        f, h = self.first, self.held
        return {
            "design": self.design,
            "first": None if f is None else {"difference": f.value, "low": f.low, "high": f.high, "truth": self.first_truth},
            "mean": self.mean,
            "truth": self.truth,
            "held": {"share": h.value, "low": h.low, "high": h.high, "n": h.n},
            "wrong_sign": self.wrong,
            "why": self.why and self.why.in_(language),
        }


@dataclass(frozen=True)
class Rehearsal:
    """What was planted in whom, and what each design found. Differences of the rate of churn, negative where it falls."""

    planted: Planted
    stage_day: str
    members: int
    base: float
    found: tuple[Found, ...]

    @property
    def verdict(self) -> Text:
        """In a sentence. Before and after is never named: it comes close only while nothing else moves."""
        told = [f for f in self.found if f.held.value is not None and f.design != "naive"]
        good = [f for f in told if (f.held.high or 0) >= 0.95]
        named = {"planted": f"{100 * self.planted.effect:.2f}", "how": ASSIGNMENTS[self.planted.assignment]}
        if not good:
            return Text(_("Rehearsal: {planted} points were planted ({how}), and no design tells them reliably."), **named)
        best = min(good, key=lambda f: abs((f.mean or 0.0) - (f.truth or 0.0)))
        words = _(
            "Rehearsal: {planted} points were planted ({how}); closest comes: {best}, its range held the truth in {held} of the draws."
        )
        return Text(words, best=DESIGNS[best.design], held=Ratio(best.held.value), **named)

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it."""
        p = self.planted
        return {
            "rehearsal": True,
            "verdict": self.verdict.in_(language),
            "planted": p.effect,
            "assignment": p.assignment,
            "share": p.share,
            "members": self.members,
            "draws": p.draws,
            "seed": p.seed,
            "day": self.stage_day,
            "base": self.base,
            "designs": [f.as_json(language) for f in self.found],
        }


def rehearse(question: Question, planted: Planted, horizon_days: int, told: Callable[[float], None] | None = None) -> Rehearsal:
    """Plant the effect in a copy of the customers and ask every design; ``told`` hears the share that is done.

    Raises ``BadInput`` for an effect beyond the rate of churn, and what ``stage`` raises.
    """
    planted.checked()
    whole = stage(question, horizon_days)
    base = float(whole.left.mean()) if len(whole.left) else 0.0
    if not 0 <= planted.effect <= base:
        raise BadInput(_("The rate of churn is {rate}, and no fall below 0 can be planted."), rate=Ratio(base))
    rng = np.random.default_rng(planted.seed)
    runs: dict[str, list[tuple[Estimate, float]]] = {name: [] for name in DESIGNS}
    for i in range(planted.draws):
        for name, one in _draw(whole, planted, base, rng).items():
            runs[name].append(one)
        if told is not None:
            told((i + 1) / planted.draws)
    members = min(planted.members, len(whole.left))
    return Rehearsal(planted, whole.day.isoformat(), members, base, tuple(_found(n, runs[n]) for n in DESIGNS))


def _draw(whole: Stage, planted: Planted, base: float, rng: np.random.Generator) -> Mapping[str, tuple[Estimate, float]]:
    """One draw: members, who is treated, whom the campaign keeps; each design's finding with its truth."""
    picked = np.sort(rng.choice(len(whole.left), min(planted.members, len(whole.left)), replace=False))
    left, known, branch = whole.left[picked], whole.known[picked], whole.branch[picked]
    kept = (left == 1) & (rng.random(len(left)) < (planted.effect / base if base else 0.0))
    treated = _treated(left, known, branch, planted, rng)
    y, moved = np.where(treated & kept, 0.0, left), -kept.astype(float)
    everybody, of_treated = float(moved.mean()), float(moved[treated].mean()) if treated.any() else 0.0
    out: dict[str, tuple[Estimate, float]] = {}
    if not treated.any() or treated.all():
        return out
    out["naive"] = _rates(y[treated], whole.left_before), of_treated
    out["difference"] = _rates(y[treated], y[~treated]), everybody if planted.assignment == "random" else of_treated
    if planted.assignment != "branch" and known.shape[1] and min(y[treated].sum(), y[~treated].sum()) >= 5:
        e = propensity.aipw(y, treated, propensity.fit(y, treated, known))
        out["adjusted"] = Estimate(e.value, e.low, e.high, len(y)), everybody
    if planted.assignment == "branch":
        found = _change(whole, y, branch, treated)
        if found is not None:
            out["change"] = found, of_treated
    return out


def _treated(left: Floats, known: Floats, branch: NDArray[np.int64], planted: Planted, rng: np.random.Generator) -> Flags:
    if planted.assignment == "branch":
        every = np.unique(branch)
        chosen = rng.choice(every, max(1, round(len(every) * planted.share)), replace=False)
        return np.isin(branch, chosen)
    odds = np.full(len(left), special.logit(planted.share))
    if planted.assignment == "risk" and known.shape[1]:
        odds = odds + _LEANING * _risk(left, known)
    return np.asarray(rng.random(len(left)) < special.expit(odds))


def _risk(left: Floats, known: Floats) -> Floats:
    """The risk that what was known tells, in standard deviations: the line that fits best who left."""
    scaled = propensity.standardised(known)
    line = scaled @ np.linalg.lstsq(np.column_stack([np.ones(len(left)), scaled]), left, rcond=None)[0][1:]
    spread = float(line.std())
    return np.asarray((line - line.mean()) / spread if spread > 0 else line)


def _rates(one: Floats, other: Floats) -> Estimate:
    ends = newcombe(one.sum(), len(one), other.sum(), len(other))
    value = float(one.mean() - other.mean())
    return Estimate(value, None, None, len(one)) if ends is None else Estimate(value, ends.low, ends.high, len(one))


def _change(whole: Stage, y: Floats, branch: NDArray[np.int64], treated: Flags) -> Estimate | None:
    """The mean rates of branches, before and after, treated against the others."""
    every = np.unique(branch)
    now = np.array([y[branch == b].mean() for b in every])
    past = np.array([whole.left_before[whole.branch_before == b].mean() if (whole.branch_before == b).any() else np.nan for b in every])
    start = np.array([2 if treated[branch == b].any() else NEVER for b in every])
    there = ~np.isnan(past)
    n = int(there.sum())
    units = np.tile(np.arange(n), 2)
    panel = Panel(units, np.repeat([1, 2], n), np.concatenate([past[there], now[there]]), np.tile(start[there], 2), units)
    found = differences.change(panel)
    return None if found is None else Estimate(found.difference, found.low, found.high, len(y))


def _found(name: str, runs: list[tuple[Estimate, float]]) -> Found:
    if not runs:
        return Found(name, None, None, None, None, Estimate(), None, Text(_WHY.get(name, _FEW)))
    values, truths = [e.value or 0.0 for e, _t in runs], [t for _e, t in runs]
    ranged = [(e, t) for e, t in runs if e.low is not None and e.high is not None]
    held = rate(sum((e.low or 0) <= t <= (e.high or 0) for e, t in ranged), len(ranged))
    wrong = float(np.mean([v > 0 for v in values])) if any(t < 0 for t in truths) else None
    return Found(name, runs[0][0], runs[0][1], float(np.mean(values)), float(np.mean(truths)), held, wrong)


_FEW = _("Too few customers leave for this design.")
_WHY = {
    "adjusted": _("Whole branches are treated, or too few leave: nobody treated has a like in the same branch."),
    "change": _("It is asked only where whole branches are treated."),
}
