"""What balances came back, month by month, and who may enter the lottery for it: cards of the page of the tiers."""

import statistics

import polars as pl

from churn_dash.charts import Chart, Series, trend
from churn_dash.contract.few import TOO_FEW
from churn_dash.measures.movement.recovery import Recovery, eligible, recoveries
from churn_dash.ui import cache, session
from churn_dash.ui.kinds.tiers import among_stayers, asked_for
from churn_dash.ui.over_time.overtime import events
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Count, Money, Month, Ratio, Text, _

_MOST = 1_000


def recovered(question: PageQuestion) -> tuple[Recovery, list[Recovery]]:
    """What came back in the months of the period."""
    q = among_stayers(question)
    return cache.worked_out(q.ds, q.scope, lambda *_a: recoveries(q), *asked_for(q), name="recovery")


def title(found: Recovery) -> Text:
    """The finding of the recovery."""
    if found.rate is None:
        return Text(_("Nobody was below last month's level"))
    if found.below < TOO_FEW:
        return Text(_("{back} of the {missing} that was missing came back"), back=Money(found.back), missing=Money(found.missing))
    return Text(_("{share} of what was missing came back within the month"), share=Ratio(found.rate))


def caption(found: Recovery) -> Text:
    """Under it: how much was missing, how often the level was reached again, and how many are left out."""
    words = Text(
        _("{missing} was missing at the start against the average before, {back} came back; {share} of those below reached their level"),
        missing=Money(found.missing),
        back=Money(found.back),
        share=Ratio(found.reached_rate),
    )
    if not found.unknown:
        return words
    return Text(_("{words} · {n} left out: a balance is not known"), words=words, n=Count(found.unknown))


def rows_of(months: list[Recovery]) -> pl.DataFrame:
    """The months as rows."""
    return pl.DataFrame(
        [
            {
                "month": r.month,
                "rate": r.rate,
                "rate_low": r.interval.low if r.interval is not None else None,
                "rate_high": r.interval.high if r.interval is not None else None,
                "rate_n": r.below,
                "missing": r.missing,
                "back": r.back,
                "reached": r.reached,
                "reached_from_below": r.reached_from_below,
                "again": r.again,
            }
            for r in months
        ],
        schema={
            "month": pl.Date,
            **dict.fromkeys(("rate", "rate_low", "rate_high"), pl.Float64),
            "rate_n": pl.Int64,
            "missing": pl.Float64,
            "back": pl.Float64,
            **dict.fromkeys(("reached", "reached_from_below", "again"), pl.Int64),
        },
    )


def chart(question: PageQuestion, months: list[Recovery]) -> Chart | None:
    """The recovery month by month; None where every month rests on too few customers, whose figures are in the table alone."""
    if all(r.below < TOO_FEW for r in months):
        return None
    rows = rows_of(months).with_columns(pl.when(pl.col("rate_n") >= TOO_FEW).then(pl.col("^rate(_low|_high)?$")))
    return cache.chart(
        trend, rows, [Series("rate", session.say(_("Recovered")))], unit="ratio", look=session.look(), events=events(question)
    )


def note(months: list[Recovery]) -> str:
    """Under the chart, where some months rest on little money."""
    usual = statistics.median(r.missing for r in months)
    if all(r.missing >= usual / 4 for r in months) or all(r.below < TOO_FEW for r in months):
        return ""
    return session.say(
        _("Where balances ran high at the end of a month, as after a quarter-end, few are below and the figure rests on little.")
    )


def table(months: list[Recovery]) -> Table:
    """The months as a table."""
    labels = {
        "month": _("Month"),
        "rate": _("Recovered"),
        "rate_low": _("95% range from"),
        "rate_high": _("95% range to"),
        "rate_n": _("Customers below"),
        "missing": _("Missing, ¥"),
        "back": _("Came back, ¥"),
        "reached": _("At their level again or above"),
        "reached_from_below": _("Of those below"),
        "again": _("Of these, last month too"),
    }
    units = {"month": "month", "rate": "ratio", "rate_low": "ratio", "rate_high": "ratio", "missing": "money", "back": "money"}
    units |= dict.fromkeys(("rate_n", "reached", "reached_from_below", "again"), "count")
    how = session.say(
        _(
            "Of what each customer had less at the start of the month than on average the month before, the part that came back by its "
            "end. Who leaves and returns each month gains by a lottery: see how many came back the month before, too."
        )
    )
    return Table(rows_of(months), "recovery", labels, units, how=how)


def lottery_table(question: PageQuestion) -> Table:
    """Who may enter the lottery of the period's last month: back at the level of the month before, or above."""
    assert question.period is not None
    q, month = among_stayers(question), question.period.end
    rows: pl.DataFrame = cache.worked_out(q.ds, q.scope, lambda *_a: eligible(q, month), *asked_for(q), name="lottery")
    labels = {
        "customer_id": _("Customer"),
        "previous": _("Average the month before, ¥"),
        "start": _("At the start, ¥"),
        "end": _("At the end, ¥"),
        "brought_back": _("Brought back, ¥"),
    }
    units = {"customer_id": "id"} | dict.fromkeys(("previous", "start", "end", "brought_back"), "money")
    return Table(rows.head(_MOST), f"lottery-{month.isoformat()[:7]}", labels, units, is_list=True, only=True, whole=lambda: rows)


def lottery_title(months: list[Recovery]) -> Text:
    """The finding of the lottery list."""
    last = months[-1]
    return Text(_("{n} customers may enter the lottery of {month}"), n=Count(last.reached), month=Month(last.month))


def lottery_caption(months: list[Recovery]) -> Text:
    """Under it: who of them had been below."""
    last = months[-1]
    return Text(
        _("Back at last month's average or above; {n} of them had been below it, {again} of these the month before, too"),
        n=Count(last.reached_from_below),
        again=Count(last.again),
    )
