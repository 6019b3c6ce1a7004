"""What the page asks: the data, the reader's scope, filters, period and definition, in one value."""

import dataclasses
import datetime
import functools
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from churn_dash.access import Scope
from churn_dash.measures import Dimension, Period, Question, dimensions
from churn_dash.measures.leaving import means
from churn_dash.store import month_end, shifted
from churn_dash.ui import cache, session
from churn_dash.ui.filtering import filters, limits
from churn_dash.words import Count, Month, Text, _


@dataclass(frozen=True)
class Whole:
    """Whom a figure of everybody asked about is of: the bank, or those whom the filters (or the reader's own branches) leave."""

    chosen: bool

    @property
    def words(self) -> str:
        """After "than", "below" and the like."""
        return session.say(_("those chosen") if self.chosen else _("the whole bank"))

    @property
    def within(self) -> str:
        """After a figure."""
        return session.say(_("of those chosen") if self.chosen else _("in the whole bank"))

    @property
    def line(self) -> str:
        """Beside a line of a chart, before the figure."""
        return session.say(_("chosen") if self.chosen else _("bank"))


@dataclass(frozen=True)
class PageQuestion(Question):
    """A question as a page asks it, with what only pages want to know of it. ``period`` is None for a cross-section."""

    definition: str = ""

    def rows(self, names: Sequence[str], by: Sequence[str] = ()) -> pl.DataFrame:
        """The metrics by dimensions, as ``measures.measure`` gives them."""
        return cache.measured(self, names, by)

    def apart(self, *charts: str) -> "PageQuestion":
        """The same question as a chart asks it: without what was clicked in that chart, which limits only the others."""
        return dataclasses.replace(self, filters=filters.filters(self.ds, *charts), period=filters.period(self.ds, *charts))

    @property
    def whole(self) -> Whole:
        """How a figure of everybody asked about is named."""
        return Whole(bool(self.filters.where) or self.scope != Scope.everything())

    @property
    def timeless(self) -> bool:
        """Whether the data hold one row a customer and no months."""
        return not self.ds.measurable

    @property
    def year_before(self) -> Period | None:
        """The same months a year earlier; None where the data do not reach back so far."""
        if self.period is None:
            return None
        before = self.period.year_before
        return before if before.start >= self.ds.measurable[0] else None

    @property
    def provisional(self) -> int:
        """How many of the period's last months may still change."""
        if self.period is None:
            return 0
        unsettled = self.ds.measurable[-self.ds.rules[self.definition].unsettled_months :] if self._unsettled else ()
        return sum(1 for m in unsettled if self.period.start <= m <= self.period.end)

    @property
    def _unsettled(self) -> int:
        return self.ds.rules[self.definition].unsettled_months

    @property
    def settles_on(self) -> datetime.date | None:
        """The day on which the period's last month is final; None where it is."""
        return month_end(shifted(self.period.end, self._unsettled)) if self.period is not None and self.provisional else None

    @property
    def uncounted(self) -> int:
        """Customers missing from the last list alone who are not counted in the period's last month yet."""
        return self.ds.not_counted if self.provisional and "absent" in self.ds.rules[self.definition].forms else 0

    @functools.cached_property
    def dimensions(self) -> dict[str, Dimension]:
        """By what the data can be broken down, those with at least two levels."""
        return {name: d for name, d in dimensions(self.ds).items() if len(d.values) > 1}

    @functools.cached_property
    def groupings(self) -> dict[str, Dimension]:
        """The dimensions, the groupings that are worked out (RFM and the like), and the saved segments as dimensions ``segment:NAME``
        with the levels ``in`` and ``out``."""
        stored = dimensions(self.ds)
        return self.dimensions | {n: d for n, d in limits.groupings(self.ds).items() if n not in stored}


def current() -> PageQuestion:
    """The reader's question now. The frame draws no page before data are loaded."""
    ds = session.dataset()
    assert ds is not None
    return PageQuestion(ds, session.scope(), filters.filters(ds), filters.period(ds), filters.definition(ds))


def where(page: str, question: PageQuestion) -> str:
    """The small line above a page's answer: page · period, until when it is provisional, and what leaving means where it is no leaving."""
    return explained(_where(page, question), question)


def explained(line: str, question: PageQuestion) -> str:
    """The small line above a page's answer with what leaving means, by a definition whose customers are not gone."""
    meant = means(question.ds, question.definition)
    return f"{line} · {session.say(meant)}" if meant is not None else line


def _where(page: str, question: PageQuestion) -> str:
    name = session.say(page)
    if question.timeless:
        return session.say(Text(_("{page} · one row a customer, no months"), page=name))
    period = filters.period_words(question.ds)
    if question.settles_on is None:
        return f"{name} · {period}"
    last = question.settles_on.isoformat()
    if question.uncounted:
        return session.say(
            Text(
                _("{page} · {period} · {n} missing from the last list alone are not counted before {date}: most such customers come back"),
                page=name,
                period=period,
                n=Count(question.uncounted),
                date=last,
            )
        )
    return session.say(Text(_("{page} · {period}, the last month provisional until {date}"), page=name, period=period, date=last))


def month_words(month: datetime.date) -> str:
    """A month in the reader's language."""
    return Month(month).in_(session.language())
