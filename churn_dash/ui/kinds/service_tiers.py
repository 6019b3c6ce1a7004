"""What the Value page shows of the three kinds of customers that are served differently, and of their managers."""

import math
from dataclasses import dataclass

from churn_dash.contract.few import TOO_FEW
from churn_dash.segments.groups import service_tiers
from churn_dash.ui import cache, session
from churn_dash.ui.kinds.rated import Rated, rated_table
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.question import PageQuestion, Whole
from churn_dash.words import Count, Points, Ratio, Text, _


@dataclass(frozen=True)
class Seen:
    """The three kinds and the churn of everybody asked for."""

    found: service_tiers.ServiceTiers
    rate: float | None
    whole: Whole

    @property
    def rated(self) -> Rated:
        """The kinds with their churn."""
        words = {code: session.say(label) for code, label in service_tiers.LABELS.items()}
        return Rated(self.found.groups(), words, self.rate, self.whole, "churn-by-service-tier")


def seen(question: PageQuestion) -> Seen:
    """The kinds for what is asked. Raises ``NotPossible``."""
    q = question
    asked = (q.filters.where, str(q.period), q.definition)
    found = cache.worked_out(q.ds, q.scope, lambda *_asked: service_tiers.service_tiers(q), *asked, name="served")
    return Seen(found, found.whole()["churn_rate"], q.whole)


def finding(one: Seen) -> str:
    """Title: how fast the kinds leave; without rates, what is shown."""
    rows = [r for r in one.rated.rows.to_dicts() if r["churn_rate"] is not None and r["churn_rate_n"] >= TOO_FEW]
    if len(rows) < 2:
        return session.say(_("Three kinds of service"))
    most, least = max(rows, key=lambda r: r["churn_rate"]), min(rows, key=lambda r: r["churn_rate"])
    named = {"most": one.rated.words[most["group"]], "high": Ratio(most["churn_rate"])}
    named |= {"least": one.rated.words[least["group"]], "low": Ratio(least["churn_rate"])}
    return session.say(Text(_("{most}: {high} left; {least}: {low}"), **named))


def _managed(high: service_tiers.Managed) -> Text:
    if high.n_managed == high.n:
        return Text(_("All {n} high net worth customers have an assigned manager"), n=Count(high.n))
    return Text(_("{share} of {n} high net worth customers have an assigned manager"), share=Ratio(high.share), n=Count(high.n))


def caption(one: Seen) -> str:
    """Under the title: how the kinds are told."""
    words = (
        _("by the bank's tiers: platinum and private banking; affluent and gold; mass")
        if one.found.by_tier
        else _by_balances(*one.found.least)
    )
    return session.say(Text(_("Churn rate, number of customers beside each name · {how}"), how=words))


def _by_balances(high: float, middle: float) -> str | Text:
    if not math.isfinite(high + middle):
        return _("by balances, from the thresholds of the bank's tiers")
    return Text(_("by balances: from ¥{high}; from ¥{middle}; below"), high=f"{high:,.0f}", middle=f"{middle:,.0f}")


def notes(one: Seen) -> list[str]:
    """Under the picture: what is known of managers."""
    if not one.found.has_managers:
        return [session.say(_("Who has a manager is not known: it needs the column rm_id of the customers"))]
    high = next((m for m in one.found.managed() if m.group == "high"), None)
    said = [session.say(_managed(high))] if high is not None and high.share is not None else []
    if high is not None and high.interval is not None:
        said.append(session.say(Text(_("95% range {low} to {high}"), low=Ratio(high.interval.low), high=Ratio(high.interval.high))))
    if high is not None and high.per_manager is not None:
        named = {"n": f"{high.per_manager:.1f}", "all": Count(one.found.portfolio)}
        said.append(session.say(Text(_("{n} of them for each manager, who keeps {all} customers in all"), **named)))
    if high is not None and high.difference is not None:
        named = {"low": Points(high.difference.low), "high": Points(high.difference.high)}
        said.append(
            session.say(
                Text(_("churn with a manager less churn without: {low} to {high} (description; managers are not drawn by lot)"), **named)
            )
        )
    if one.found.by_staff:
        said.append(session.say(_("managers in office by the staff list")))
    return said


def table(one: Seen) -> Table:
    """The kinds as rows, with managers."""
    managed = {m.group: m for m in one.found.managed()}
    rated = one.rated
    rows = rated.rows.with_columns(
        rated.rows["group"].replace_strict({g: m.n_managed for g, m in managed.items()}, default=None).alias("managed"),
        rated.rows["group"].replace_strict({g: m.share for g, m in managed.items()}, default=None).alias("share"),
    ) if managed else rated.rows  # fmt: skip
    more = {"managed": (_("With a manager"), "count"), "share": (_("Share with a manager"), "ratio")} if managed else {}
    return rated_table(Rated(rows, rated.words, rated.bank, rated.whole, rated.name), more)
