"""What the Growth page shows of products: accounts closed, deposits moved away, loans paid back early, cards not used."""

from dataclasses import dataclass
from typing import Any

import polars as pl
import streamlit as st

from churn_dash.charts import Bar, Chart, Series, bars, trend
from churn_dash.charts.ground.axes import time_text
from churn_dash.contract.few import TOO_FEW
from churn_dash.errors import NotPossible
from churn_dash.measures import Period
from churn_dash.measures.movement.product_churn import KIND, product_churn
from churn_dash.measures.movement.product_measures import KINDS, PRODUCT_MEASURES, lacking
from churn_dash.store import shifted
from churn_dash.ui import cache, session
from churn_dash.ui.filtering import clicks, limits
from churn_dash.ui.over_time.months import levels as month_levels
from churn_dash.ui.over_time.overtime import asked, bands, events
from churn_dash.ui.parts import cards, controls
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.values import dimension_words, value_words
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Ratio, Text, _

_MOST_BARS = 8
PAIRS = (("account_closure_rate", "deposit_transfer_rate"), ("loan_runoff_rate", "card_dormancy_rate"))
"""The measures as they stand side by side."""
OVER_TIME, GROUPS = "products", "holders"
"""Charts in which a click lists who lost a product, and limits the others to a time or a group."""


@dataclass(frozen=True)
class Products:
    """The product measures over time beside the year before; the names that the data can tell, and those they cannot."""

    question: PageQuestion
    grain: str
    rows: pl.DataFrame
    names: tuple[str, ...]


def products(question: PageQuestion, grain: str) -> Products:
    """The four measures by the grain."""
    names = tuple(n for n in PRODUCT_MEASURES if not lacking(question.ds, n))
    if not names:
        return Products(question, grain, pl.DataFrame(), ())
    return Products(question, grain, _beside_the_year_before(question, names, grain), names)


def _rows(question: PageQuestion, names: tuple[str, ...], by: tuple[str, ...]) -> pl.DataFrame:
    return cache.worked_out(
        question.ds,
        question.scope,
        lambda *_asked: product_churn(question, names, by),
        question.filters.where,
        asked(question)[1],
        names,
        by,
        name="products",
    )


def _beside_the_year_before(question: PageQuestion, names: tuple[str, ...], grain: str) -> pl.DataFrame:
    rows = _large_enough(_rows(question, names, (grain,)), names)
    past = None
    if question.period is not None:
        start, end = shifted(question.period.start, -12), shifted(question.period.end, -12)
        start = max(start, question.ds.measurable[0])
        if start <= end:
            past = _large_enough(_rows(question.over(Period(start, end)), names, (grain,)), names)
    if past is None:
        return rows.with_columns(pl.lit(None, dtype=pl.Float64).alias(f"{n}_year_before") for n in names)
    before = past.select(pl.col(grain).dt.offset_by("12mo"), *(pl.col(n).alias(f"{n}_year_before") for n in names))
    return rows.join(before, on=grain, how="left", maintain_order="left")


def _large_enough(rows: pl.DataFrame, names: tuple[str, ...]) -> pl.DataFrame:
    """The rows with no rate where it rests on too few."""
    ends = ("", "_low", "_high")
    return rows.with_columns(
        pl.when(pl.col(f"{n}_n") >= TOO_FEW).then(pl.col(n + e)).alias(n + e) for n in names for e in ends if n + e in rows.columns
    )


def card(found: Products, name: str, calendar: str) -> None:
    """The card of one measure: its line beside the year before, or what the data lack for it."""
    measure = PRODUCT_MEASURES[name]
    if name not in found.names:
        with cards.card(measure.label, measure.meaning, key=name):
            wanted = ", ".join(lacking(found.question.ds, name))
            st.markdown(
                f":gray[:material/info:] {session.say(Text(_('These data cannot tell it; they would need: {tables}'), tables=wanted))}"
            )
        return
    with cards.card(_finding(found, name), _caption(found, name), _table(found, name), key=name) as as_table:
        if found.rows[name].is_null().all():
            return
        whole = limits.Cell("product", "", name).level
        times = {t: level | whole for t, level in month_levels(found.rows, found.grain).items()}
        clicks.times(found.question.ds, OVER_TIME, _chart(found, name, calendar), times, as_table, key=name)


def _finding(found: Products, name: str) -> str:
    label = session.say(PRODUCT_MEASURES[name].label)
    known = found.rows.drop_nulls(name)
    if known.is_empty():
        return session.say(Text(_("{what}: too few to tell"), what=label))
    last = known.row(-1, named=True)
    when = time_text(last[found.grain], found.grain, session.language(), lines=False)
    named: dict[str, Any] = {"what": label, "rate": Ratio(last[name]), "when": when, "before": Ratio(last[f"{name}_year_before"])}
    if last[f"{name}_year_before"] is None:
        return session.say(Text(_("{what}: {rate} in {when}"), **named))
    return session.say(Text(_("{what}: {rate} in {when}, {before} a year before"), **named))


def _caption(found: Products, name: str) -> str:
    unknown = int(found.rows[f"{name}_unknown"].sum())
    words = session.say(PRODUCT_MEASURES[name].meaning)
    return f"{words} {session.say(Text(_('{n} could not be counted.'), n=unknown))}" if unknown else words


def _chart(found: Products, name: str, calendar: str) -> Chart:
    series = [
        Series(name, session.say(_("this year"))),
        Series(f"{name}_year_before", session.say(_("last year")), comparison=True),
    ]
    columns = [
        found.grain,
        *(c for s in series for c in (s.column, f"{s.column}_low", f"{s.column}_high", f"{s.column}_n") if c in found.rows.columns),
    ]
    shaded = bands(found.question, calendar, found.rows[found.grain].to_list()) if found.grain == "month" else []
    return cache.chart(
        trend,
        found.rows.select(columns),
        series,
        unit="ratio",
        look=session.look(),
        time=found.grain,
        height=240,
        bands=shaded,
        events=events(found.question),
    )


def _labels(name: str) -> dict[str, str]:
    money = PRODUCT_MEASURES[name].kind == "money"
    return {
        name: session.say(PRODUCT_MEASURES[name].label),
        f"{name}_low": session.say(_("95% range from")),
        f"{name}_high": session.say(_("95% range to")),
        f"{name}_year_before": session.say(_("A year before")),
        f"{name}_part": session.say(_("Part, ¥") if money else _("Part")),
        f"{name}_whole": session.say(_("Whole, ¥") if money else _("Whole")),
        f"{name}_n": session.say(_("Customers") if money else _("Rests on")),
        f"{name}_unknown": session.say(_("Not counted")),
    }


def _units(name: str) -> dict[str, str]:
    amount = "money" if PRODUCT_MEASURES[name].kind == "money" else "count"
    ratios = {f"{name}{end}": "ratio" for end in ("", "_low", "_high", "_year_before")}
    return {**ratios, f"{name}_part": amount, f"{name}_whole": amount, f"{name}_n": "count", f"{name}_unknown": "count"}


def _table(found: Products, name: str) -> Table:
    columns = [found.grain, *(c for c in _labels(name) if c in found.rows.columns)]
    labels = {found.grain: session.say(_("Period")), **_labels(name)}
    return Table(found.rows.select(columns), name, labels, {found.grain: "month", **_units(name)}, how=_how(name))


def _how(name: str) -> str:
    measure = PRODUCT_MEASURES[name]
    return f"{session.say(measure.meaning)} `{measure.formula}`"


def compare_controls(found: Products) -> tuple[str, str]:
    """Choose a measure and by what it is compared."""
    known = found.question.groupings
    name = controls.choice(
        session.say(_("Measure")),
        list(found.names),
        key="product-measure",
        words=lambda n: session.say(PRODUCT_MEASURES[n].label),
        width=260,
    )
    options = [KIND, *known] if name != "deposit_transfer_rate" else list(known)
    words = {KIND: session.say(_("Kind of product")), **{d: dimension_words(known[d]) for d in known}}
    return name, controls.choice(session.say(_("Compare by")), options or [KIND], key="product-by", words=words.__getitem__, width=240)


def compared(found: Products, name: str, by: str) -> pl.DataFrame:
    """The measure over the whole period by kind or dimension, highest first: group, level (its code), the measure's columns."""
    rows = _rows(found.question, (name,), (by,))
    known = found.question.groupings
    spoken = [_group_words(known, by, v) for v in rows[by].cast(pl.String).to_list()]
    named = rows.with_columns(pl.Series("group", spoken, dtype=pl.String), pl.col(by).cast(pl.String).alias("level"))
    named = named.filter(pl.col(f"{name}_n") > 0)
    return named.select("group", "level", *(c for c in _labels(name) if c in named.columns)).sort(name, descending=True, nulls_last=True)


def _group_words(known: dict[str, Any], by: str, value: str | None) -> str:
    if by == KIND:
        return session.say(KINDS[value]) if value in KINDS else value or session.say(_("not known"))
    return value_words(known[by], value)


def total(found: Products, name: str) -> float | None:
    """The measure over the whole period."""
    rows = _rows(found.question, (name,), ())
    value = rows[name][0] if len(rows) else None
    return float(value) if value is not None else None


def compared_finding(found: Products, rows: pl.DataFrame, name: str) -> str:
    """Title of the comparison: the highest group that is surely above the whole."""
    whole = total(found, name)
    sure = [r for r in rows.to_dicts() if whole is not None and r[f"{name}_n"] >= TOO_FEW and (r[f"{name}_low"] or 0) > whole]
    label = session.say(PRODUCT_MEASURES[name].label)
    if not sure:
        return session.say(Text(_("{what}: no group clearly above {rate}"), what=label, rate=Ratio(whole)))
    named = {"what": label, "group": sure[0]["group"], "high": Ratio(sure[0][name]), "rate": Ratio(whole)}
    named["whole"] = found.question.whole.words
    return session.say(Text(_("{what}: {group} {high}, {whole} {rate}"), **named))


def compared_chart(found: Products, rows: pl.DataFrame, name: str) -> Chart:
    """The highest groups as bars; those that rest on too few are left to the table."""
    shown = [
        Bar(r["group"], r[name], r[f"{name}_n"], r[f"{name}_low"], r[f"{name}_high"]) for r in _enough(rows, name).iter_rows(named=True)
    ]
    what = session.say(PRODUCT_MEASURES[name].label)
    return cache.chart(bars, shown, unit="ratio", look=session.look(), what=what, bank=total(found, name), line=found.question.whole.line)


def _enough(rows: pl.DataFrame, name: str) -> pl.DataFrame:
    """The groups that have a bar."""
    return rows.filter((pl.col(f"{name}_n") >= TOO_FEW) & pl.col(name).is_not_null()).head(_MOST_BARS)


def compared_picture(found: Products, rows: pl.DataFrame, name: str, by: str, as_table: bool) -> None:
    """The groups on the page: a click lists who of a group lost the product, and limits the other charts to a dimension's group."""
    levels: list[dict[str, str] | None] = []
    for level in _enough(rows, name)["level"].to_list():
        if level is None:
            levels.append(None)
        elif by == KIND:
            levels.append(limits.Cell("product", "", f"{name}.{level}").level)
        else:
            levels.append({by: level} | limits.Cell("product", "", name).level)
    chart = compared_chart(found, rows, name)
    clicks.rows(found.question.ds, "product" if by == KIND else GROUPS, chart, levels, as_table, "compared")


def compared_table(rows: pl.DataFrame, name: str) -> Table:
    """Every group as a row."""
    return Table(rows.drop("level"), f"{name}-by-group", {"group": session.say(_("Group")), **_labels(name)}, _units(name), how=_how(name))


def no_products(question: PageQuestion) -> str:
    """What would be needed where the data tell no product measure at all."""
    wanted = ", ".join(dict.fromkeys(w.partition(".")[0] for n in PRODUCT_MEASURES for w in lacking(question.ds, n)))
    return session.say(NotPossible(_("These data cannot tell how products are lost; they would need: {tables}."), tables=wanted))
