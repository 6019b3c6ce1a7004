"""The plan's hypotheses against the data: each effect on leaving with its range, and a verdict. Source: METHODS A1 6.1.1–6.1.3, C8."""

import warnings
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import special

from churn_dash.causes.covariates import COVARIATES, Covariate, panel, varies
from churn_dash.causes.reading import resolved
from churn_dash.errors import NotPossible
from churn_dash.marks import _
from churn_dash.measures.question import Question
from churn_dash.measures.statistics.estimates import holm

EVENTS_EACH = 10
"""Departures needed for each hypothesis tested together."""
LEVEL = 0.05
VERDICTS = {
    "supported": _("Supported"),
    "contradicted": _("Contradicted"),
    "cannot_tell": _("Cannot be told"),
}
Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Hypothesis:
    """One hypothesis against the data.

    ``effect``: times as likely to leave in a month for one step of the covariate, the others held equal (odds ratio; ``low``,
    ``high`` 95 %); ``alone``: the same with nothing held equal. ``p_holm``: adjusted for all hypotheses tested (Holm).
    ``verdict``: supported, contradicted, cannot_tell; ``why`` it cannot be told. ``n`` customers, ``events`` departures, ``months``.
    """

    about: Covariate
    verdict: str
    effect: float | None = None
    low: float | None = None
    high: float | None = None
    alone: float | None = None
    p_holm: float | None = None
    n: int = 0
    events: int = 0
    months: int = 0
    why: str = ""


@dataclass(frozen=True)
class Tested:
    """The table of hypotheses. ``left_out``: customer-months with something unknown; ``quiet``: without a transaction before;
    ``drawn_of``: of how many customers at the start they were drawn at random (None: everybody is counted)."""

    rows: tuple[Hypothesis, ...]
    customers: int
    events: int
    months: int
    left_out: int
    quiet: int
    drawn_of: int | None = None


def hypotheses(question: Question) -> Tested:
    """Every hypothesis of the plan, tested together in one discrete-time logit of leaving by month. An association, not a cause.

    Ranges count a customer's months together, and those of the market the customers of a month. Raises ``NotPossible`` where too
    few customers left, and what ``measure`` raises.
    """
    asked = resolved(question)
    looked_at = panel(asked)
    rows = looked_at.rows
    own = set(asked.ds.rules[asked.definition].forms)
    circular = {c.name for c in COVARIATES if own & set(c.forms)}
    used = [c for c in COVARIATES if varies(rows[c.name]) and c.name not in circular]
    known = rows.drop_nulls([c.name for c in used])
    used = [c for c in used if varies(known[c.name])]
    if not used:
        raise NotPossible(
            _(
                "Nothing that the plan's hypotheses are about is known of these customers, or it is the same for all: load age, gender, "
                "education and income (customers), balances, products and transactions by month (customer_month), or the market "
                "(market_month)."
            )
        )
    events = int(known["left"].sum())
    if events < EVENTS_EACH * len(used):
        raise NotPossible(
            _("Only {n} customers left in these months of whom enough is known; {needed} are needed to test the hypotheses."),
            n=events,
            needed=EVENTS_EACH * len(used),
        )
    n, months = known["customer_id"].n_unique(), known["month"].n_unique()
    found = dict(zip((c.name for c in used), _together(known, used), strict=True))
    adjusted = dict(zip(found, holm([e[3] for e in found.values()]), strict=True))
    out = []
    for c in COVARIATES:
        if c.name not in found:
            why = _("it is part of how leaving is defined") if c.name in circular else _("not in the data, or the same for everybody")
            out.append(Hypothesis(c, "cannot_tell", why=why))
            continue
        beta, low, high, _p = found[c.name]
        p = adjusted[c.name] or 0.0
        few = months < c.months
        verdict = "cannot_tell" if few or p >= LEVEL else "supported" if beta * c.direction >= 0 else "contradicted"
        why = _why(few, p, low <= 0 <= high)
        times = [float(np.exp(v)) for v in (beta, low, high, _alone(known, c))]
        out.append(Hypothesis(c, verdict, times[0], times[1], times[2], times[3], p, n, events, months, why))
    return Tested(tuple(out), n, events, months, len(rows) - len(known), looked_at.quiet, looked_at.drawn_of)


def _why(few: bool, p: float, includes: bool) -> str:
    """Why a hypothesis cannot be told; empty where it can."""
    if few:
        return _("too few months to tell what the market does")
    if p < LEVEL:
        return ""
    return _("the range includes no difference") if includes else _("within chance, since many hypotheses are tested at once")


def _together(rows: pl.DataFrame, used: list[Covariate]) -> list[tuple[float, float, float, float]]:
    """Log-odds of one step of each covariate with range and p-value, from one logit over all of them."""
    x = rows.select(c.name for c in used).to_numpy().astype(np.float64)
    y = rows["left"].to_numpy().astype(np.float64)
    design, scale, beta = _fitted(x, y)
    p = special.expit(design @ beta)
    bread = _inverse((design * (p * (1 - p))[:, None]).T @ design)
    scores = design * (y - p)[:, None]
    errors, degrees = {}, {}
    for by_month, column in ((False, "customer_id"), (True, "month")):
        group = rows[column].rank("dense").to_numpy().astype(np.int64) - 1
        sums = np.column_stack([np.bincount(group, weights=scores[:, j]) for j in range(scores.shape[1])])
        g = len(sums)
        errors[by_month] = np.sqrt(np.diag(bread @ (sums.T @ sums) @ bread)[1:] * g / max(g - 1, 1))
        degrees[by_month] = max(g - 1, 1)
    found = []
    for i, c in enumerate(used):
        value, error = float(beta[i + 1] / scale[i]), float(errors[bool(c.months)][i] / scale[i])
        half = float(special.stdtrit(degrees[bool(c.months)], 0.975)) * error
        chance = 2 * float(special.stdtr(degrees[bool(c.months)], -abs(value) / error)) if error > 0 else 1.0
        found.append((value, value - half, value + half, chance))
    return found


def _alone(rows: pl.DataFrame, c: Covariate) -> float:
    """Log-odds of one step with nothing held equal: Newton's steps on two coefficients, which a dozen fits need to be fast."""
    alike = rows.group_by(c.name).agg(n=pl.len(), left=pl.col("left").sum()).sort(c.name)
    x, n, y = (alike[name].to_numpy().astype(np.float64) for name in (c.name, "n", "left"))
    middle, rate = float(np.average(x, weights=n)), float(y.sum() / n.sum())
    scale = float(np.sqrt(np.average((x - middle) ** 2, weights=n)))
    x = (x - middle) / scale
    constant, slope = float(np.log(rate / (1 - rate))), 0.0
    for _step in range(50):
        p = special.expit(constant + slope * x)
        gap, weight = y - n * p, n * p * (1 - p)
        w, wx, wxx = float(weight.sum()), float(weight @ x), float(weight @ (x * x))
        g, gx = float(gap.sum()), float(gap @ x)
        determinant = w * wxx - wx**2
        move, turn = (wxx * g - wx * gx) / determinant, (w * gx - wx * g) / determinant
        constant, slope = constant + move, slope + turn
        if abs(move) + abs(turn) < 1e-9:
            break
    return slope / scale


def _fitted(x: Array, y: Array) -> tuple[Array, Array, Array]:
    """A logit on standardised columns: the design with its constant, the scales of the columns, the coefficients."""
    from sklearn.linear_model import LogisticRegression

    scale = x.std(axis=0)
    standard = (x - x.mean(axis=0)) / scale
    model = LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-9, max_iter=100)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(standard, y)
    return np.column_stack([np.ones(len(x)), standard]), scale, np.r_[model.intercept_, model.coef_[0]]


def _inverse(matrix: Array) -> Array:
    """The inverse; raises ``NotPossible`` where some covariates always move together."""
    if np.linalg.cond(matrix) > 1e10:
        raise NotPossible(_("The hypotheses cannot be told apart in these data: some of them always move together."))
    return np.asarray(np.linalg.inv(matrix))
