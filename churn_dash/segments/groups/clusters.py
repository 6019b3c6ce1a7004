"""Groups that the data themselves suggest: k-means on behaviour, with how clear and how stable the groups are.

Source: METHODS A1 3.1(2). Behaviour is taken as the logarithm of 1 + its value (shares as they are), standardised. The number of
groups is that of the best silhouette from 2 to 8 on a sample; stability is the mean adjusted Rand index between the groups and those
found again in bootstrap samples: 1 the same, 0 no better than chance. Every draw has a seed: the same data give the same groups.
"""

import datetime
import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from churn_dash.access import Scope
from churn_dash.errors import BadInput, NotPossible
from churn_dash.marks import _
from churn_dash.measures.question import Question
from churn_dash.segments.groups.behaviour import Behaviour, behaviour, now
from churn_dash.segments.groups.starters import Grouped, among, once, rates
from churn_dash.store import Dataset
from churn_dash.words import Text

Progress = Callable[[Text, float], None]
Matrix = npt.NDArray[np.float64]

FEATURES: dict[str, tuple[str, str, str]] = {
    "balances": (_("Balances"), _("high balances"), _("low balances")),
    "transactions": (_("Transactions"), _("many transactions"), _("few transactions")),
    "amount": (_("Amount of transactions"), _("large amounts moved"), _("small amounts moved")),
    "login_count": (_("Logins"), _("often online"), _("rarely online")),
    "branch_visits": (_("Branch visits"), _("often at the branch"), _("rarely at the branch")),
    "card_txn_count": (_("Card transactions"), _("card used often"), _("card hardly used")),
    "product_count": (_("Products held"), _("many products"), _("few products")),
    "loan_balance": (_("Loans"), _("with a loan"), _("without a loan")),
    "invested": (_("Invested share"), _("invested"), _("hardly invested")),
    "salary_in": (_("Salary received"), _("salary comes here"), _("no salary here")),
    "autopay_count": (_("Standing payments"), _("bills paid from here"), _("no bills paid from here")),
}
"""What may tell groups apart: its name, and the words for much and for little of it."""
_SHARES = ("invested",)
MOST, FEWEST = 8, 2
STABLE, UNSTABLE = 0.8, 0.6
"""Mean adjusted Rand index from which groups are called stable, and below which they are not to be acted on."""
FITTED, JUDGED, REFITS = 20_000, 3_000, 10
_LEAST_CUSTOMERS = 50
_DIFFERENT = 0.35
_UNKNOWN = 0.1
_MUCH = 1.25


@dataclass(frozen=True)
class Cluster:
    """One group: its code (1: the highest balances), its name, and by feature how far its mean lies from that of all, in standard
    deviations (``distance``), and its plain median (``typical``)."""

    code: str
    name: Text
    distance: dict[str, float]
    typical: dict[str, float | None]


@dataclass(frozen=True)
class Clusters(Grouped):
    """``people``: the columns of ``Behaviour``, then group (code; null where behaviour is unknown). ``silhouettes`` by number of groups
    (−1 to 1), ``stability`` 0–1 (may be slightly below 0), ``n_fitted`` customers from whom the groups were learnt."""

    behaviour: Behaviour
    people: pl.DataFrame
    clusters: tuple[Cluster, ...]
    features: tuple[str, ...]
    silhouettes: dict[int, float]
    stability: float
    n_fitted: int

    @property
    def silhouette(self) -> float:
        """How clearly the groups are set apart, −1 to 1."""
        return self.silhouettes[len(self.clusters)]

    @property
    def steadiness(self) -> str:
        """stable, partly or unstable."""
        return "stable" if self.stability >= STABLE else "unstable" if self.stability < UNSTABLE else "partly"

    @once
    def groups(self) -> pl.DataFrame:
        """A row a group, those without known behaviour last: group and the columns of ``starters.rates``."""
        return rates(self.people, ["group"], {"group": [c.code for c in self.clusters]})


def clusters(question: Question, k: int | None = None, progress: Progress | None = None) -> Clusters:
    """Groups by the months before the period, churn in it; ``k`` groups, else as many as the silhouette says.

    Raises ``NotPossible`` without months, with fewer than two features or fifty customers, or where nothing differs.
    """
    if progress is not None:
        return grouped(behaviour(question), k, progress)
    whole = _everybody(question.everybody, k)
    if not question.filters.where:
        return whole
    # A filter chooses whom to show and moves nobody into another group: the groups need not be found again.
    return replace(whole, people=among(question, whole.people, whole.behaviour.at))


@functools.lru_cache(maxsize=16)
def _everybody(question: Question, k: int | None) -> Clusters:
    """The groups of everybody in the scope: the dearest answer of the page Behaviour, asked for again by every filter."""
    return grouped(behaviour(question), k)


def assigned(ds: Dataset, at: datetime.date | None, definition: str | None, scope: Scope) -> pl.DataFrame:
    """The group of each customer at the start of the month ``at`` (None: as the data end): customer_id, group (null: not known)."""
    return labelled(now(ds, at, definition, scope))


def grouped(found: Behaviour, k: int | None = None, progress: Progress | None = None) -> Clusters:
    """The groups of customers whose behaviour is known."""
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    # Small fits gain nothing from threads, and sums in another order are not the same sums.
    with threadpool_limits(1):
        return _grouped(found, k, progress)


def labelled(found: Behaviour) -> pl.DataFrame:
    """Only who is in which of the same groups: customer_id, group (null: not known); how stable they are is not looked at."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        fit = _fit(found, None, lambda text, share: None)
    return _coded(found, fit).select("customer_id", "group")


@dataclass(frozen=True)
class _Fit:
    """Customers whose behaviour is known, what tells them apart (standardised), and the group of each, 0: the highest balances."""

    usable: pl.DataFrame
    names: list[str]
    values: Matrix
    judged: Matrix
    silhouettes: dict[int, float]
    model: Any
    labels: npt.NDArray[np.int64]
    n_fitted: int


def _grouped(found: Behaviour, k: int | None, progress: Progress | None) -> Clusters:
    say = progress or (lambda text, share: None)
    fit = _fit(found, k, say)
    say(Text(_("Finding the groups again in other samples")), 0.75)
    stability = _stability(fit.model, fit.judged)
    made = tuple(_cluster(c, fit.labels, fit.values, fit.usable, fit.names) for c in range(fit.model.n_clusters))
    people = _coded(found, fit)
    return Clusters(found, people, _told_apart(made), tuple(fit.names), fit.silhouettes, stability, fit.n_fitted)


def _coded(found: Behaviour, fit: _Fit) -> pl.DataFrame:
    codes = fit.usable.select("customer_id", pl.Series("group", [str(c + 1) for c in fit.labels]))
    return found.people.join(codes, on="customer_id", how="left", maintain_order="left")


def _fit(found: Behaviour, k: int | None, say: Progress) -> _Fit:
    if k is not None and not FEWEST <= k <= MOST:
        raise BadInput(_("Ask for {least} to {most} groups."), least=FEWEST, most=MOST)
    most = _UNKNOWN * len(found.people)
    names = [n for n in FEATURES if n in found.known and found.people[n].null_count() <= most]
    usable = found.people.filter(pl.all_horizontal(pl.col(n).is_not_null() for n in names)) if names else found.people.clear()
    names = [n for n in names if len(usable) and _spread(n, usable[n]).std() > 1e-9]
    if len(names) < 2 or len(usable) < _LEAST_CUSTOMERS:
        raise NotPossible(
            _(
                "Groups by behaviour need at least {n} customers and two things by which they differ: balances, transactions, "
                "logins or products."
            ),
            n=_LEAST_CUSTOMERS,
        )
    logged = np.column_stack([_spread(n, usable[n]) for n in names])
    values: Matrix = (logged - logged.mean(axis=0)) / logged.std(axis=0)
    rng = np.random.default_rng(0)
    sample = values if len(values) <= FITTED else values[rng.choice(len(values), FITTED, replace=False)]
    judged = sample if len(sample) <= JUDGED else sample[rng.choice(len(sample), JUDGED, replace=False)]
    silhouettes = _silhouettes(judged, (k,) if k else range(FEWEST, MOST + 1), say)
    chosen = k or max(silhouettes, key=lambda n: (silhouettes[n], -n))
    say(Text(_("Grouping the customers")), 0.6)
    model = _fitted(sample, chosen)
    labels = _by_first(model.predict(values), values, names)
    return _Fit(usable, names, values, judged, silhouettes, model, labels, len(sample))


def _spread(name: str, values: pl.Series) -> Matrix:
    numbers: Matrix = values.to_numpy() if name in _SHARES else np.log1p(values.clip(0).to_numpy())
    return numbers


def _fitted(values: Matrix, k: int, seed: int = 0, starts: int = 4) -> Any:
    from sklearn.cluster import KMeans

    return KMeans(k, n_init=starts, random_state=seed).fit(values)


def _silhouettes(judged: Matrix, numbers: Any, say: Progress) -> dict[int, float]:
    from sklearn.metrics import pairwise_distances, silhouette_score

    found = {}
    apart = pairwise_distances(judged)
    for i, k in enumerate(n for n in numbers if n < len(judged)):
        say(Text(_("Trying {n} groups"), n=k), 0.05 + 0.07 * i)
        labels = _fitted(judged, k, starts=3).labels_
        found[k] = float(silhouette_score(apart, labels, metric="precomputed")) if len(np.unique(labels)) > 1 else -1.0
    return found


def _stability(model: Any, judged: Matrix) -> float:
    """Mean adjusted Rand index, over bootstrap samples, of the groups and those that a fresh fit gives the same customers."""
    from sklearn.metrics import adjusted_rand_score

    rng = np.random.default_rng(1)
    own = model.predict(judged)
    found = []
    for i in range(REFITS):
        drawn = judged[rng.choice(len(judged), len(judged))]
        found.append(adjusted_rand_score(own, _fitted(drawn, model.n_clusters, seed=i + 1, starts=2).predict(judged)))
    return float(np.mean(found))


def _by_first(labels: npt.NDArray[np.int32], values: Matrix, names: list[str]) -> npt.NDArray[np.int64]:
    """Groups numbered from the highest mean of the first feature (balances, where they are known)."""
    means = [values[labels == c, 0].mean() if (labels == c).any() else -np.inf for c in range(labels.max() + 1)]
    ranks = np.empty(len(means), dtype=np.int64)
    ranks[np.argsort(-np.array(means), kind="stable")] = np.arange(len(means))
    return ranks[labels]


def _cluster(c: int, labels: npt.NDArray[np.int64], values: Matrix, usable: pl.DataFrame, names: list[str]) -> Cluster:
    mine = labels == c
    means = values[mine].mean(axis=0)
    distance = dict(zip(names, map(float, means), strict=True))
    typical = usable.filter(pl.Series(mine)).select(pl.col(n).median() for n in names).row(0, named=True)
    return Cluster(str(c + 1), named(distance), distance, typical)


def named(distance: dict[str, float], most: int = 2) -> Text:
    """A name from the features in which a group differs most, in words; what it has says more than what it lacks.

    >>> str(named({"balances": -0.9, "login_count": 0.8, "invested": 0.1}))
    'often online, low balances'
    """
    first = sorted(distance, key=lambda n: -max(distance[n] * _MUCH, -distance[n]))[:most]
    words = [FEATURES[n][1 if distance[n] > 0 else 2] for n in first if abs(distance[n]) >= _DIFFERENT]
    if not words:
        return Text(_("like the average"))
    if len(words) == 1:
        return Text(words[0])
    if len(words) == 2:
        return Text(_("{first}, {second}"), first=words[0], second=words[1])
    return Text(_("{first}, {second}, {third}"), first=words[0], second=words[1], third=words[2])


def _told_apart(made: tuple[Cluster, ...]) -> tuple[Cluster, ...]:
    """Names that two groups share get a third feature, and a number where that does not help."""
    for most in (2, 3):
        twice = {str(c.name) for c in made if sum(str(o.name) == str(c.name) for o in made) > 1}
        made = tuple(Cluster(c.code, named(c.distance, most + 1) if str(c.name) in twice else c.name, c.distance, c.typical) for c in made)
    twice = {str(c.name) for c in made if sum(str(o.name) == str(c.name) for o in made) > 1}
    return tuple(
        Cluster(c.code, Text(_("{name} ({n})"), name=c.name, n=c.code) if str(c.name) in twice else c.name, c.distance, c.typical)
        for c in made
    )
