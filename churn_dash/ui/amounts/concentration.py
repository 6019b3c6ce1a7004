"""How few of the customers lost carry the balances lost: a card of the "What it costs" page."""

import polars as pl

from churn_dash.charts import Chart, lorenz
from churn_dash.ui import cache, session
from churn_dash.ui.amounts.costs import Found
from churn_dash.ui.filtering import clicks
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Count, Ratio, Text, _


def finding(f: Found) -> Text:
    """Title of the Lorenz curve: what the largest hundredth held, and whether few carry the whole."""
    spread = f.costs.concentration
    assert spread is not None
    named = {"share": Ratio(spread.top_share), "n": Count(spread.n_top), "all": Count(f.costs.n_known)}
    if spread.few:
        return Text(_("Carried by few customers: {n} of {all} held {share} of the balances lost"), **named)
    return Text(_("{n} of {all} customers lost, a hundredth, held {share} of the balances"), **named)


def caption(f: Found) -> Text:
    """Under the title: how many equal customers that is."""
    spread = f.costs.concentration
    assert spread is not None
    return Text(
        _("As if {n} customers with the same balances had left (effective n); under 30 the amounts hang on a few"),
        n=Count(round(spread.effective_n)),
    )


def chart(f: Found) -> Chart:
    """The Lorenz curve of the balances lost."""
    spread = f.costs.concentration
    assert spread is not None
    top = spread.n_top / max(1, f.costs.n_known)
    return cache.chart(lorenz, spread.curve, look=session.look(), top=top, top_share=spread.top_share)


def picture(question: PageQuestion, f: Found, as_table: bool) -> None:
    """The curve on the page: a click near a marked share lists so many of the largest customers lost."""
    spread = f.costs.concentration
    assert spread is not None
    marks = [(1 - top, 1 - share, _words(top, share)) for top, share in spread.tops]
    levels = clicks.of_split("largest", [str(top) for top, _share in spread.tops])
    clicks.points(question.ds, "largest", chart(f), marks, levels, as_table)


def _words(top: float, share: float) -> str:
    return session.say(Text(_("the largest {top}: {share}"), top=f"{100 * top:g}%", share=Ratio(share)))


def table(f: Found) -> Table:
    """The Lorenz curve as rows."""
    spread = f.costs.concentration
    assert spread is not None
    rows = pl.DataFrame(spread.curve, schema={"customers": pl.Float64, "balances": pl.Float64}, orient="row")
    labels = {"customers": _("Customers, smallest first"), "balances": _("Share of balances")}
    return Table(rows, "balances-lost-lorenz", labels, {"customers": "ratio", "balances": "ratio"})
