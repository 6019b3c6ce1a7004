"""What the Trends page shows: churn over time by any definition, by heads and by money, by reason, and of new customers."""

import datetime
from dataclasses import dataclass

import polars as pl

from churn_dash.charts import Bar, Chart, Series, bars, clickable_trend
from churn_dash.charts.ground.axes import time_text
from churn_dash.contract import DEFINITIONS
from churn_dash.contract.few import TOO_FEW
from churn_dash.measures import METRICS, Period
from churn_dash.ui import cache, session
from churn_dash.ui.filtering import clicks
from churn_dash.ui.over_time.months import CHART, chosen, levels
from churn_dash.ui.over_time.overtime import bands, breaks, events, partial_months, settle_column, settling_words, unsettled, with_settling
from churn_dash.ui.parts import controls
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.choices import GRAINS
from churn_dash.ui.parts.tables import RANGE_LABELS, RANGE_UNITS, how, metric_labels, metric_units
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Count, Ratio, Text, _

BY_HEADS_AND_MONEY = ("churn_rate", "net_churn_rate", "aum_churn_rate")
BY_REASON = ("voluntary_churn_rate", "involuntary_churn_rate", "unexplained_churn_rate")
EARLY = ("early_churn_rate",)
COUNTS = ("retention_rate", "hazard", "customers", "customers_lost", "customers_new", "aum_lost")
YEAR_BEFORE = "year_before"
SETTLES = {
    "churn_rate_settles": _("Likely once settled"),
    "churn_rate_settles_low": _("Settles at least at"),
    "churn_rate_settles_high": _("Settles at most at"),
}
EVERYTHING = (*BY_HEADS_AND_MONEY, *BY_REASON, *EARLY, *COUNTS)
_SAME = 5e-5
"""Rates no further apart are printed alike and drawn on one another."""
_SHORT = {
    "churn_rate": _("all churn"),
    "net_churn_rate": _("net churn"),
    "aum_churn_rate": _("balances"),
    "voluntary_churn_rate": _("voluntary"),
    "involuntary_churn_rate": _("involuntary"),
    "unexplained_churn_rate": _("no reason"),
    "early_churn_rate": _("newcomers"),
}


@dataclass(frozen=True)
class Over:
    """Metrics over time: the grain, the rows, and how many of the last may still change."""

    question: PageQuestion
    grain: str
    rows: pl.DataFrame

    @property
    def times(self) -> list[datetime.date]:
        """The first days of the periods."""
        found: list[datetime.date] = self.rows[self.grain].to_list()
        return found

    @property
    def provisional(self) -> int:
        """Rows that may still change."""
        return unsettled(self.question, self.times, self.grain)


def definition_control(question: PageQuestion) -> None:
    """Choose the definition of churn, for every page."""
    controls.choice(
        session.say(_("Definition of churn")),
        list(question.ds.definitions),
        key="definition",
        words=lambda name: session.say(DEFINITIONS[name].label),
        default=question.ds.default_definition,
        kind="segments",
        shared=True,
        help=session.say(Text(question.ds.rules[question.definition].meaning, **question.ds.rules[question.definition].values)),
    )


def grain_control() -> str:
    """Choose months, quarters or years."""
    return controls.choice(
        session.say(_("Periods")), list(GRAINS), key="grain", words=lambda name: session.say(GRAINS[name]), kind="segments"
    )


def over(question: PageQuestion, grain: str) -> Over:
    """Every metric of the page by the grain, and churn in the same period a year before."""
    rows = with_settling(question, question.rows(EVERYTHING, [grain]), EVERYTHING, grain)
    return Over(question, grain, rows.join(_year_before(question, grain), on=grain, how="left", maintain_order="left"))


def _year_before(question: PageQuestion, grain: str) -> pl.DataFrame:
    """Churn of a year before under the periods of the question: the grain and ``YEAR_BEFORE``; no rows where the data begin later."""
    asked = question.period.year_before if question.period is not None else None
    start = max(asked.start, question.ds.measurable[0]) if asked is not None else None
    if asked is None or start is None or start > asked.end:
        return pl.DataFrame(schema={grain: pl.Date, YEAR_BEFORE: pl.Float64, f"{YEAR_BEFORE}_n": pl.Int64})
    past = question.over(Period(start, asked.end)).rows(["churn_rate"], [grain])
    named = {YEAR_BEFORE: "churn_rate", f"{YEAR_BEFORE}_n": "churn_rate_n"}
    return past.select(pl.col(grain).dt.offset_by("12mo"), **{name: pl.col(column) for name, column in named.items()})


def answer(found: Over) -> str:
    """The page's sentence: the worst period."""
    told = found.rows.drop_nulls("churn_rate")
    known = told.filter(pl.col("churn_rate_n") >= TOO_FEW)
    settled = known.join(found.rows.head(found.rows.height - found.provisional), on=found.grain, how="semi")
    known = settled if settled.height > 1 else known
    if known.is_empty() and not told.is_empty():
        return session.say(Text(_("In none of these periods were there {n} customers: too few for a rate."), n=TOO_FEW))
    if known.is_empty():
        return session.say(_("No whole period of this length lies inside the months chosen."))
    worst = known.sort("churn_rate", descending=True).row(0, named=True)
    best = known.sort("churn_rate").row(0, named=True)
    named = {
        "high": Ratio(worst["churn_rate"]),
        "when": _written(worst[found.grain], found.grain),
        "low": Ratio(best["churn_rate"]),
        "least": _written(best[found.grain], found.grain),
    }
    if known.height == 1:
        return session.say(Text(_("{high} of customers left in {when}."), **named))
    if worst["churn_rate"] == best["churn_rate"]:
        return session.say(Text(_("In every one of these periods {high} of customers left."), **named))
    return session.say(Text(_("Churn was highest in {when} at {high} and lowest in {least} at {low}."), **named))


def _written(when: object, grain: str) -> str:
    return time_text(when, grain, session.language(), lines=False)  # type: ignore[arg-type]


def chart(found: Over, names: tuple[str, ...], whole: bool = False, calendar: str = "none") -> Chart:
    """Lines of the named metrics; with what happened; as a ``whole`` with the year before and the months that did not come whole."""
    words = dict(_SHORT)
    if _one_line(found, names):
        names, words["churn_rate"] = tuple(n for n in names if n != "net_churn_rate"), _("all, net")
    series = [Series(name, session.say(words[name])) for name in names]
    columns = [found.grain, *(c for name in names for c in (name, f"{name}_low", f"{name}_high", f"{name}_n"))]
    columns += [c for c in SETTLES if "churn_rate" in names]
    if whole:
        series.append(Series(YEAR_BEFORE, session.say(_("last year")), comparison=True))
        columns += [YEAR_BEFORE, f"{YEAR_BEFORE}_n"]
    return cache.chart(
        clickable_trend,
        found.rows.select(columns),
        series,
        unit="ratio",
        look=session.look(),
        time=found.grain,
        provisional=found.provisional,
        chosen=chosen(found.question.ds, found.rows, found.grain),
        events=events(found.question),
        bands=bands(found.question, calendar, found.times) if found.grain == "month" else (),
        partial=partial_months(found.question, found.grain) if whole else breaks(found.question, found.grain),
    )


def _one_line(found: Over, names: tuple[str, ...]) -> bool:
    """Whether nobody came back in time, so that the lines of all and of net churn would cover one another."""
    apart = (pl.col("churn_rate") - pl.col("net_churn_rate")).abs() > _SAME
    return {"churn_rate", "net_churn_rate"} <= set(names) and not found.rows.select(apart.fill_null(False).any()).item()


def picture(found: Over, names: tuple[str, ...], as_table: bool, whole: bool = False, calendar: str = "none") -> None:
    """Draw the lines; a click on a time limits what does not run over time to it."""
    times = levels(found.rows, found.grain)
    clicks.picture(found.question.ds, CHART, chart(found, names, whole, calendar), times, as_table, key=names[0])


def table(found: Over, names: tuple[str, ...], name: str, only: bool = False) -> Table:
    """The rows of the named metrics with ranges and counts."""
    columns = [found.grain, *(c for n in names for c in (n, f"{n}_low", f"{n}_high", f"{n}_n") if found.rows[c].is_not_null().any())]
    if "churn_rate" in names and found.rows[YEAR_BEFORE].is_not_null().any():
        columns.append(YEAR_BEFORE)
    columns += [c for c in SETTLES if "churn_rate" in names and found.rows[c].is_not_null().any()]
    rows = settle_column(found.question, found.rows, found.grain).select(*columns, "settles_on")
    labels = {found.grain: session.say(GRAINS[found.grain]), **metric_labels(names)}
    labels |= {YEAR_BEFORE: session.say(_("Churn a year before")), "settles_on": session.say(_("Settles on"))}
    labels |= {c: session.say(label) for c, label in SETTLES.items()}
    units = {found.grain: "month", YEAR_BEFORE: "ratio", "settles_on": "date", **metric_units(names)}
    units |= dict.fromkeys(SETTLES, "ratio")
    return Table(rows, name, labels, units, how=how(names[0]), only=only)


def heads_caption(found: Over) -> str:
    """Under the first card: what the lines are, and until when the hatched one may change."""
    words = session.say(_("Customers lost, those not back at the end of the period, and balances lost, %"))
    late = settling_words(found.question, found.grain)
    return f"{words} · {late}" if late else words


def money_finding(found: Over) -> str:
    """Title of the first card: do balances leave faster than heads?"""
    whole = found.question.rows(["churn_rate", "aum_churn_rate"])
    heads, money = (whole[name][0] if len(whole) else None for name in ("churn_rate", "aum_churn_rate"))
    if heads is None or money is None or whole["churn_rate_n"][0] < TOO_FEW:
        return session.say(_("Churn over time"))
    named = {"heads": Ratio(heads), "money": Ratio(money)}
    if money < heads:
        return session.say(Text(_("Small balances leave faster: {heads} of customers, {money} of balances in these months"), **named))
    return session.say(Text(_("Large balances leave faster: {heads} of customers, {money} of balances in these months"), **named))


def reason_finding(found: Over) -> str:
    """Title of the card by reason: what share of the departures was the customer's own decision."""
    whole = found.question.rows(["churn_rate", "voluntary_churn_rate"])
    lost, own = (whole[name][0] if len(whole) else None for name in ("churn_rate", "voluntary_churn_rate"))
    if not lost:
        return session.say(_("Nobody left"))
    if own is None:
        return session.say(_("No departure has a reason on record"))
    left, chose = (round(share * whole["churn_rate_n"][0]) for share in (lost, own))
    if left < TOO_FEW:
        return session.say(Text(_("{k} of {n} who left decided so themselves"), k=Count(chose), n=Count(left)))
    return session.say(Text(_("{share} of those who left decided so themselves"), share=Ratio(own / lost)))


def newcomers(question: PageQuestion, grain: str) -> Over:
    """Churn of new customers, by quarters at least: in one month hardly anybody joins and leaves."""
    longer = "quarter" if grain == "month" else grain
    return Over(question, longer, question.rows(EARLY, [longer]))


def early_caption(new: Over) -> str:
    """Under that title: what each point counts, and why the points lie below the figure of the whole period."""
    if new.grain == "quarter":
        return session.say(_("New customers who left in the quarter in which they joined, %; over all months more have the time to"))
    return session.say(_("New customers who left in the year in which they joined, %"))


def early_finding(question: PageQuestion) -> str:
    """Title of the card of new customers: the whole period."""
    rows = question.rows(EARLY)
    rate = rows["early_churn_rate"][0] if len(rows) else None
    if rate is None:
        return session.say(_("No new customers in these months"))
    n = Count(rows["early_churn_rate_n"][0])
    if rows["early_churn_rate_n"][0] < TOO_FEW:
        k = Count(round(rate * rows["early_churn_rate_n"][0]))
        return session.say(Text(_("{k} of {n} new customers left before the period was over"), k=k, n=n))
    return session.say(Text(_("{rate} of {n} new customers left before the period was over"), rate=Ratio(rate), n=n))


def definitions(question: PageQuestion) -> list[Bar]:
    """Churn over the period by each definition that the data can answer."""
    found = []
    for name in question.ds.definitions:
        rows = question.by_definition(name).rows(["churn_rate"])
        if len(rows):
            row = rows.row(0, named=True)
            numbers = (row["churn_rate"], row["churn_rate_n"], row["churn_rate_low"], row["churn_rate_high"])
            found.append(Bar(session.say(DEFINITIONS[name].label), *numbers))
    return found


def definitions_levels(question: PageQuestion) -> list[dict[str, str] | None]:
    """What a click on each definition means: a list of those whom it counts lost."""
    return clicks.of_split("lost_by", [name for name in question.ds.definitions if len(question.by_definition(name).rows(["churn_rate"]))])


def definitions_chart(found: list[Bar]) -> Chart:
    """The definitions side by side; nothing is orange, since none is worse."""
    return cache.chart(bars, found, unit="ratio", look=session.look(), what=session.say(METRICS["churn_rate"].label), all_grey=True)


def definitions_table(found: list[Bar]) -> Table:
    """The definitions as rows."""
    rows = pl.DataFrame(
        [(b.name, b.value, b.low, b.high, b.n) for b in found],
        schema={"definition": pl.String, "churn_rate": pl.Float64, "low": pl.Float64, "high": pl.Float64, "n": pl.Int64},
        orient="row",
    )
    labels = {"definition": _("Definition of churn"), "churn_rate": METRICS["churn_rate"].label, **RANGE_LABELS}
    return Table(rows, "churn-by-definition", labels, {"churn_rate": "ratio", **RANGE_UNITS}, how=how("churn_rate"))


def definitions_finding(found: list[Bar]) -> str:
    """Title of the definitions: how much the choice matters."""
    known = [b.value for b in found if b.value is not None and not b.few("ratio")]
    if len(known) < 2:
        return session.say(_("Churn by definition"))
    return session.say(Text(_("By definition, churn is {low} to {high}"), low=Ratio(min(known)), high=Ratio(max(known))))
