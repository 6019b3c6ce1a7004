"""The early-warning scorecard: how many alerts came true, how many departures were announced, and how long before. Source: METHODS B4."""

import datetime
import functools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from churn_dash.contract.calendar import month_end
from churn_dash.errors import NotPossible
from churn_dash.marks import _
from churn_dash.measures import Period
from churn_dash.measures.question import Question
from churn_dash.measures.statistics.intervals import ends, wilson
from churn_dash.measures.tenure.lifetimes import watched_spells
from churn_dash.measures.tenure.signals import median_range
from churn_dash.measures.tenure.survival import watched_months
from churn_dash.retention.warnings.actions import acted_on
from churn_dash.retention.warnings.alerts import alerts, told
from churn_dash.retention.warnings.verdicts import FALSE_ALARM, HIT, LATE, PENDING, announced, chances, judged

HORIZON, LEAST_LEAD, AGAIN = 90, 7, 60
"""Days within which an alert must come true; that are enough to act; within which a repeated warning is none."""


@dataclass(frozen=True)
class Share:
    """A share with its counts and 95 % range (Wilson); None where it rests on nothing."""

    hits: int
    n: int

    @property
    def rate(self) -> float | None:
        """0–1."""
        return self.hits / self.n if self.n else None

    def as_json(self, name: str) -> dict[str, Any]:
        """The share with its range, under a name."""
        low, high = ends(wilson(self.hits, self.n))
        return {name: self.rate, f"{name}_low": low, f"{name}_high": high, f"{name}_hits": self.hits, f"{name}_n": self.n}


@dataclass(frozen=True)
class Scorecard:
    """Of one group of alerts and departures.

    ``precision``: alerts that came true of those judged. ``recall``: departures announced; None where alerts are split by something
    that departures do not have (a rule, a grade). The ``timely`` ones count only leads of at least ``least_lead`` days. ``leads``: days
    from the first alert to the departure, of the departures announced. ``alert_rate``: customers alerted of those watched.
    ``base_rate`` (0–1): how often the judged alerts would have come true, given on the same days to anybody of the customers watched.
    Recall is B4's coverage@k, ``lift`` its lift@k, with the alerts given as k.
    """

    precision: Share
    timely_precision: Share
    recall: Share | None
    timely_recall: Share | None
    alert_rate: Share | None
    leads: tuple[int, ...]
    n_alerts: int
    n_repeats: int
    n_pending: int
    n_after: int
    base_rate: float | None = None

    @property
    def lift(self) -> float | None:
        """How many times more often alerts come true than they would by chance; None where either rate is not known or nobody leaves."""
        return self.precision.rate / self.base_rate if self.precision.rate is not None and self.base_rate else None

    @functools.cached_property
    def _leads(self) -> tuple[float | None, float | None, float | None]:
        return median_range(list(self.leads))

    @property
    def median_lead(self) -> float | None:
        """Days; None where nothing came true."""
        return self._leads[0]

    @property
    def mean_lead(self) -> float | None:
        """Days; None where nothing came true."""
        return sum(self.leads) / len(self.leads) if self.leads else None

    @property
    def alerts_per_leaver(self) -> float | None:
        """Judged alerts for each departure that they announced."""
        found = self.recall.hits if self.recall is not None else self.precision.hits
        return self.precision.n / found if found else None

    @property
    def median_lead_range(self) -> tuple[float | None, float | None]:
        """95 % interval of the median, in days; None where it cannot be told."""
        return self._leads[1:]

    @property
    def alerts_per_leaver_range(self) -> tuple[float | None, float | None]:
        """95 % interval of ``alerts_per_leaver``: one over Wilson's of departures announced by so many judged alerts."""
        found = self.recall.hits if self.recall is not None else self.precision.hits
        low, high = ends(wilson(found, self.precision.n)) if 0 < found <= self.precision.n else (None, None)
        return (1 / high if high else None, 1 / low if low else None)

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it: shares 0–1, leads in days."""
        low, high = self.median_lead_range
        shares: dict[str, Share | None] = {
            "precision": self.precision,
            "timely_precision": self.timely_precision,
            "recall": self.recall,
            "timely_recall": self.timely_recall,
            "alert_rate": self.alert_rate,
        }
        found: dict[str, Any] = {}
        for name, share in shares.items():
            found |= share.as_json(name) if share is not None else {name: None}
        rough, high_rough = ends(wilson(self.precision.hits, self.precision.n))
        base = self.base_rate or None
        return found | {
            "base_rate": self.base_rate,
            "lift": self.lift,
            "lift_low": rough / base if base and rough is not None else None,
            "lift_high": high_rough / base if base and high_rough is not None else None,
            "median_lead": self.median_lead,
            "median_lead_low": low,
            "median_lead_high": high,
            "mean_lead": self.mean_lead,
            "alerts_per_leaver": self.alerts_per_leaver,
            "alerts_per_leaver_low": self.alerts_per_leaver_range[0],
            "alerts_per_leaver_high": self.alerts_per_leaver_range[1],
            "alerts": self.n_alerts,
            "repeats": self.n_repeats,
            "pending": self.n_pending,
            "after_the_event": self.n_after,
        }


@dataclass(frozen=True)
class Scorecards:
    """The scorecard of a period, whole and in parts.

    ``untouched``: precision of the alerts on which nothing was done, None where every alert was acted on or the bank does not say;
    ``acted`` says whether anything is known of what was done. ``n_unwatched``: departures before the first warning was ever given.
    ``announced_by_month``: departures announced, by the month of the departure.
    """

    whole: Scorecard
    by_level: Mapping[str | None, Scorecard]
    by_source: Mapping[str | None, Scorecard]
    by_grade: Mapping[str | None, Scorecard]
    by_month: Mapping[datetime.date, Scorecard]
    announced_by_month: Mapping[datetime.date, Share]
    untouched: Share | None
    acted: bool
    n_acted: int
    n_unwatched: int
    first: datetime.date
    horizon: int
    least_lead: int
    again: int
    definition: str

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "horizon_days": self.horizon,
            "least_lead_days": self.least_lead,
            "again_after_days": self.again,
            "warnings_since": self.first.isoformat(),
            "departures_before_warnings": self.n_unwatched,
            **self.whole.as_json(),
            "actions_known": self.acted,
            "alerts_acted_on": self.n_acted,
            **(self.untouched or Share(0, 0)).as_json("untouched_precision"),
            "groups": [{"level": level, **s.as_json()} for level, s in self.by_level.items()],
            "sources": [{"source": source, **s.as_json()} for source, s in self.by_source.items()],
            "grades": [{"grade": grade, **s.as_json()} for grade, s in self.by_grade.items()],
            "months": [{"month": f"{m:%Y-%m}", **s.as_json()} for m, s in self.by_month.items()],
            "departures_by_month": [{"month": f"{m:%Y-%m}", "recall": s.rate, "n": s.n} for m, s in self.announced_by_month.items()],
        }


def scorecard(
    question: Question, by: str | None = None, *, horizon: int = HORIZON, least_lead: int = LEAST_LEAD, again: int = AGAIN
) -> Scorecards:
    """The scorecard of the alerts given, and of the departures that happened, in a period (None: all complete months).

    Filters and ``by`` look at customers as they stood when they came to be watched. Departures before the bank's first warning count
    nowhere but in ``n_unwatched``. Raises ``NotPossible`` without warnings or months, and what ``watched_spells`` raises.
    """
    ds = question.ds
    given = ds.scan("warnings")
    if ds.shape != "panel" or given is None or not {"customer_id", "ts"} <= set(given.collect_schema().names()):
        raise NotPossible(
            _(
                "How good the warnings were cannot be told: load months of customers and a table of warnings (who was warned of, on "
                "which day)."
            )
        )
    warned = told(given.collect())
    if warned.is_empty():
        raise NotPossible(_("No warning has a customer and a day, so none can be judged."))
    chosen = question.chosen
    span = watched_months(ds, question.period)
    spells = watched_spells(question.over(span), by)
    first, known_to = warned["ts"].min(), month_end(ds.measurable[-1])
    assert isinstance(first, datetime.date)
    fresh, _all_repeats = alerts(warned, again)
    theirs = warned.join(spells.select("customer_id").unique(), on="customer_id", how="semi").filter(_inside(span))
    verdicts = judged(fresh, spells, horizon, known_to).filter(_inside(span))
    gone = spells.filter(
        pl.col("left") & pl.col("end_date").is_between(pl.lit(max(span.start, ds.measurable[0])), pl.lit(min(span.last_day, known_to)))
    )
    watched = gone.filter(pl.col("end_date") >= first)
    leavers = announced(watched, fresh, horizon)
    acted = acted_on(ds.scan("interventions"), verdicts, horizon)
    untouched = verdicts.filter(~acted) if acted is not None else None
    verdicts = verdicts.with_columns(chances(verdicts["ts"], spells, horizon))
    whole = _card(verdicts, leavers, spells, least_lead, len(theirs) - len(verdicts))
    levels = spells["level"].unique().sort(nulls_last=True).to_list() if by else []
    return Scorecards(
        whole,
        {level: _of_level(level, verdicts, leavers, spells, horizon, least_lead) for level in levels},
        _parts(verdicts, "source", least_lead),
        _parts(verdicts, "grade", least_lead),
        _by_month(verdicts, least_lead),
        _announced_by_month(leavers),
        _judged(untouched) if untouched is not None else None,
        acted is not None,
        int(acted.sum()) if acted is not None else 0,
        len(gone) - len(watched),
        first,
        horizon,
        least_lead,
        again,
        chosen,
    )


def _of_level(
    level: str | None, verdicts: pl.DataFrame, leavers: pl.DataFrame, spells: pl.DataFrame, horizon: int, least_lead: int
) -> Scorecard:
    """Its own customers are the ones among whom an alert could have been given."""
    alerts_, gone, there = (rows.filter(pl.col("level").eq_missing(pl.lit(level, pl.String))) for rows in (verdicts, leavers, spells))
    return _card(alerts_.with_columns(chances(alerts_["ts"], there, horizon)), gone, there, least_lead)


def _inside(span: Period) -> pl.Expr:
    return pl.col("ts").is_between(pl.lit(span.start), pl.lit(span.last_day))


def _judged(verdicts: pl.DataFrame, least_lead: int = 1) -> Share:
    hits = verdicts.filter((pl.col("verdict") == HIT) & (pl.col("lead") >= least_lead)).height
    return Share(hits, verdicts.filter(pl.col("verdict").is_in([HIT, FALSE_ALARM])).height)


def _card(verdicts: pl.DataFrame, leavers: pl.DataFrame, spells: pl.DataFrame, least_lead: int, repeats: int = 0) -> Scorecard:
    leads = leavers["lead"].drop_nulls().to_list()
    timely = sum(1 for lead in leads if lead >= least_lead)
    return replace(
        _of_alerts(verdicts, least_lead, repeats),
        recall=Share(len(leads), len(leavers)),
        timely_recall=Share(timely, len(leavers)),
        alert_rate=Share(verdicts["customer_id"].n_unique(), spells["customer_id"].n_unique()),
        leads=tuple(leads),
    )


def _of_alerts(verdicts: pl.DataFrame, least_lead: int, repeats: int = 0) -> Scorecard:
    """What alerts alone tell: no recall, no rate of customers."""
    told = verdicts.filter(pl.col("verdict").is_in([HIT, FALSE_ALARM]))["chance"].drop_nulls().to_list()
    of = {v: verdicts.filter(pl.col("verdict") == v).height for v in (PENDING, LATE)}
    return Scorecard(
        precision=_judged(verdicts),
        timely_precision=_judged(verdicts, least_lead),
        recall=None,
        timely_recall=None,
        alert_rate=None,
        leads=tuple(verdicts["lead"].drop_nulls().to_list()),
        n_alerts=verdicts.height,
        n_repeats=repeats,
        n_pending=of[PENDING],
        n_after=of[LATE],
        base_rate=sum(told) / len(told) if told else None,
    )


def _parts(verdicts: pl.DataFrame, column: str, least_lead: int) -> dict[str | None, Scorecard]:
    levels = verdicts[column].unique().sort(nulls_last=True).to_list()
    return {level: _of_alerts(verdicts.filter(pl.col(column).eq_missing(pl.lit(level))), least_lead) for level in levels}


def _by_month(verdicts: pl.DataFrame, least_lead: int) -> dict[datetime.date, Scorecard]:
    months = verdicts.with_columns(month=pl.col("ts").dt.truncate("1mo"))
    return {m: _of_alerts(months.filter(pl.col("month") == m), least_lead) for m in months["month"].unique().sort().to_list()}


def _announced_by_month(leavers: pl.DataFrame) -> dict[datetime.date, Share]:
    rows = leavers.group_by(month=pl.col("end_date").dt.truncate("1mo")).agg(pl.col("lead").count().alias("hits"), pl.len()).sort("month")
    return {month: Share(hits, n) for month, hits, n in rows.iter_rows()}
