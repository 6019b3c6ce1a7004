"""What the Behaviour page shows of the groups that the data suggest: their churn, what tells them apart, how far to trust them."""

import functools
from dataclasses import dataclass

import polars as pl

from churn_dash.charts import Chart, profile
from churn_dash.segments.groups import clusters
from churn_dash.ui import cache, session
from churn_dash.ui.kinds.rated import Rated, rated_table
from churn_dash.ui.parts import controls
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.question import PageQuestion, Whole
from churn_dash.words import Number, Ratio, Text, _, show

_AUTO = "auto"
_CLEAR, _FAIR = 0.5, 0.25
_MOST_FEATURES = 9
_UNITS = {"balances": "money", "amount": "money", "loan_balance": "money", "salary_in": "money", "invested": "ratio"}
_STEADY = {
    "stable": _("Stable: other samples give the same groups (agreement {stability})"),
    "partly": _("Partly stable: other samples give similar groups (agreement {stability}); use the broad lines"),
    "unstable": _("Not stable: other samples give other groups (agreement {stability}); do not act on them"),
}
_APART = {"clear": _("clearly apart"), "fair": _("fairly apart"), "weak": _("overlapping: customers differ by degrees")}


@dataclass(frozen=True)
class Seen:
    """The groups and the churn of everybody asked for."""

    found: clusters.Clusters
    rate: float | None
    whole: Whole

    @property
    def names(self) -> dict[str, str]:
        """The groups in words, by code."""
        return {c.code: f"{c.code} · {session.say(c.name)}" for c in self.found.clusters}

    @property
    def rated(self) -> Rated:
        """The groups with their churn."""
        return Rated(self.found.groups(), self.names, self.rate, self.whole, "churn-by-cluster")


def number_control() -> int | None:
    """Choose how many groups; None: as many as the data suggest."""
    numbers = [_AUTO, *(str(k) for k in range(clusters.FEWEST, clusters.MOST + 1))]
    words = {n: session.say(_("as the data suggest")) if n == _AUTO else n for n in numbers}
    picked = controls.choice(session.say(_("Number of groups")), numbers, key="k", words=words.__getitem__, width=190)
    return None if picked == _AUTO else int(picked)


def seen(question: PageQuestion, k: int | None) -> Seen:
    """The groups for what is asked. Raises ``NotPossible``."""
    q = question
    asked = (q.filters.where, str(q.period), q.definition, k)
    found = cache.worked_out(q.ds, q.scope, lambda *_asked: clusters.clusters(q, k), *asked, name="clusters")
    return Seen(found, found.whole()["churn_rate"], q.whole)


def finding(one: Seen) -> str:
    """Title of the bars: the group that leaves fastest."""
    ranked = one.rated.ranked
    if not ranked:
        return session.say(_("Too few customers to compare groups"))
    named = {"group": one.names.get(str(ranked[0]["group"]), ""), "rate": Ratio(ranked[0]["churn_rate"])}  # type: ignore[arg-type]
    return session.say(Text(_("Group {group}: {rate} left"), **named))


def caption(one: Seen) -> str:
    """Under the title of the bars: how far to trust the groups."""
    found = one.found
    apart = "clear" if found.silhouette >= _CLEAR else "fair" if found.silhouette >= _FAIR else "weak"
    steady = Text(_STEADY[found.steadiness], stability=Number(round(found.stability, 2)))
    named = {"steady": steady, "apart": _APART[apart], "silhouette": Number(round(found.silhouette, 2))}
    return session.say(Text(_("{steady} · {apart} (silhouette {silhouette})"), **named))


def table(one: Seen) -> Table:
    """The groups as rows with their stability in the explanation."""
    found = rated_table(one.rated)
    return Table(found.rows, found.name, found.labels, found.units, how=_how(one))


def profile_features(one: Seen) -> list[str]:
    """The features that tell the groups apart most, most first."""
    spread = {f: max(abs(c.distance[f]) for c in one.found.clusters) for f in one.found.features}
    return sorted(spread, key=lambda f: -spread[f])[:_MOST_FEATURES]


def profile_picture(one: Seen) -> Chart:
    """Features × groups."""
    features, look = profile_features(one), session.look()
    words = functools.partial(_typical, language=look.language)
    return cache.chart(
        profile,
        [look.say(clusters.FEATURES[f][0]) for f in features],
        [c.code for c in one.found.clusters],
        [[words(f, c.typical[f]) for c in one.found.clusters] for f in features],
        [[round(c.distance[f], 3) for c in one.found.clusters] for f in features],
        look=look,
    )


def _typical(feature: str, value: float | None, language: str) -> str:
    unit = _UNITS.get(feature, "number")
    if value is not None and unit == "ratio":
        return f"{100 * value:.0f}%"
    return show(value, unit, language) if value is None or unit == "money" else f"{value:.1f}"


def profile_finding(one: Seen) -> str:
    """Title of the profile: by what the groups differ most."""
    first = [clusters.FEATURES[f][0] for f in profile_features(one)[:2]]
    return session.say(Text(_("The groups differ most by: {first}, {second}"), first=first[0], second=first[-1]))


def profile_caption() -> str:
    """Under the title of the profile."""
    return session.say(_("The median customer of each group, a month · blue: more than most, grey: less, bold: clearly so"))


def profile_table(one: Seen) -> Table:
    """Medians as rows: a feature a row, a group a column."""
    rows = pl.DataFrame(
        [(session.say(clusters.FEATURES[f][0]), *(c.typical[f] for c in one.found.clusters)) for f in one.found.features],
        schema={"feature": pl.String, **{c.code: pl.Float64 for c in one.found.clusters}},
        orient="row",
    )
    return Table(rows, "cluster-profile", {"feature": _("Feature"), **one.names}, how=_how(one))


def _how(one: Seen) -> str:
    scores = ", ".join(f"{k}: {s:.2f}" for k, s in one.found.silhouettes.items())
    made = Text(
        _(
            "k-means on the logarithms of behaviour in the months before the period, standardised; the number of groups by silhouette "
            "({scores}). Stability: mean adjusted Rand index of {n} refits to samples drawn again."
        ),
        scores=scores,
        n=clusters.REFITS,
    )
    return session.say(made)
