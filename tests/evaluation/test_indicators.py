"""Each indicator a second way, and what is said where it is missing."""

import datetime

import polars as pl
import pytest

from churn_dash.access import Scope
from churn_dash.campaigns.groups.extract import visible
from churn_dash.campaigns.winback.rates import win_back as win_back_of
from churn_dash.causes.loyalty import Rules, loyalty
from churn_dash.causes.loyalty_over_time import loyalty_at_ends
from churn_dash.causes.presence import there_at_end
from churn_dash.causes.satisfaction import satisfaction
from churn_dash.evaluation import INDICATORS, measured, scorecard
from churn_dash.evaluation.indicators.customers import followed_losses, win_back
from churn_dash.evaluation.targets.kept import in_force
from churn_dash.measures import Period, last_12, measure
from churn_dash.measures.statistics.estimates import mean
from churn_dash.measures.statistics.intervals import wilson
from churn_dash.retention.warnings.scorecard import scorecard as warned
from churn_dash.store import Records, Workspace, publish, shifted
from tests import asking
from tests.alike import approximately

EVERYBODY = Scope.everything()


def test_churn_and_retention_are_those_that_measure_gives(bank, whole):
    row = measure(asking.asked(bank, period=last_12(bank)), ["churn_rate", "retention_rate"]).row(0, named=True)
    for key in ("churn_rate", "retention_rate"):
        e = whole.figures[key].estimate
        assert (e.value, e.low, e.high, e.n) == approximately((row[key], row[f"{key}_low"], row[f"{key}_high"], row[f"{key}_n"]))
        assert len(whole.figures[key].trend) == 12


def test_every_stage_of_the_measuring_is_told_and_changes_no_figure(bank, whole):
    heard = []
    found = measured(asking.asked(bank, scope=EVERYBODY), told=lambda step, done: heard.append((str(step), done)))
    assert found.figures == approximately(whole.figures)
    shares = [done for _step, done in heard]
    assert shares == sorted(shares) and shares[0] == 0 and shares[-1] < 1 and len({step for step, _done in heard}) == len(heard) > 4


def test_satisfaction_is_that_of_the_answers_themselves(bank, whole):
    period = last_12(bank)
    told = bank.table("surveys").filter(pl.col("sent_at").is_between(period.start, period.last_day) & pl.col("answered_at").is_not_null())
    e = whole.figures["csat"].estimate
    share = (told["csat"].drop_nulls() >= 4).mean()
    assert e.value == pytest.approx(share, abs=0.01)
    assert abs(e.n - told["csat"].drop_nulls().len()) <= 0.03 * e.n


@pytest.mark.parametrize("branches", [None, frozenset({"B01", "B02"})])
@pytest.mark.parametrize("definition", ["first", "dormant"])
def test_loyalty_at_many_month_ends_is_that_of_each_by_itself(bank, branches, definition):
    period, scope = last_12(bank), Scope(branches)
    months = [shifted(period.start, i) for i in range(period.n_months)]
    for month, found in zip(months, loyalty_at_ends(bank, definition, months, scope), strict=True):
        people = visible(bank, there_at_end(bank, definition, month), scope)
        alone = mean(loyalty(bank, people, month)["index"])
        assert found.customers == len(people) > 0 and found.index.n == alone.n
        assert (found.index.value, found.index.low) == (pytest.approx(alone.value), pytest.approx(alone.low))


def test_parts_that_hardly_anybody_has_leave_the_index_unknown(bank):
    month, rare = bank.months[-1], Rules({"promoter": 0.7, "tenure": 0.3})
    found = loyalty_at_ends(bank, "first", [month], EVERYBODY, rare)[0]
    alone = loyalty(bank, there_at_end(bank, "first", month), month, rare)["index"].drop_nulls()
    assert 0 < found.index.n == len(alone) < found.customers
    assert found.index.value == pytest.approx(alone.mean())


def test_win_back_is_counted_by_hand_over_the_spells(bank, whole):
    period = followed_losses(bank, last_12(bank))
    spells = bank.cursor().sql("select customer_id, start_date, end_date, form from spells where definition = 'first'").fetchall()
    lost = [(c, end) for c, _a, end, form in spells if form is not None and period.start <= end <= period.last_day]
    limit = datetime.timedelta(days=180)
    back = [(c, day) for c, day in lost if any(o == c and day < a <= day + limit for o, a, _b, _f in spells)]
    found = win_back_of(bank, EVERYBODY, "first", period.start, period.last_day)
    assert found.lost == len(lost) and found.rows["returned"].sum() == len(back)
    e = whole.figures["win_back_rate"].estimate
    barred = found.lost - found.n
    assert e.n == len(lost) - barred and 0 < barred < len(lost)
    assert e.low == pytest.approx(wilson(round(e.value * e.n), e.n).low)
    assert all(day + limit <= bank.data_end for _c, day in lost)


def test_departures_that_cannot_be_followed_give_no_rate(bank):
    last = bank.measurable[-1]
    found = win_back(asking.asked(bank, scope=EVERYBODY, period=Period(last, last), definition="first"), trend=False)
    assert found.estimate.value is None and "180" in str(found.why_not)


def test_warnings_are_those_of_their_own_scorecard(bank, whole):
    found = warned(asking.asked(bank, period=last_12(bank)), None).whole
    assert whole.figures["warning_precision"].estimate.value == approximately(found.precision.rate)
    assert whole.figures["warning_recall"].estimate.value == approximately(found.recall.rate)
    assert whole.figures["warning_lead"].estimate.value == approximately(found.median_lead)


def test_only_what_is_an_effect_carries_a_grade(whole):
    for key, figure in whole.figures.items():
        if figure.estimate.value is not None:
            assert (figure.grade is not None) == (INDICATORS[key].basis == "effect")


def test_every_line_says_what_it_rests_on_and_a_level_claims_no_effect(bank, whole):
    for key, figure in whole.figures.items():
        told = figure.as_json()
        if told["value"] is None:
            assert told["evidence"]["words"] is None and told["why"] == told["why_not"]
        elif INDICATORS[key].basis == "effect":
            assert told["evidence"]["words"] == f"evidence {told['grade']}" and told["naive"] is not None
        else:
            assert told["grade"] is None and told["naive"] is None and "no effect" in told["why"]
    asked = satisfaction(asking.asked(bank, scope=EVERYBODY, period=last_12(bank), definition="first")).whole
    csat = whole.figures["csat"]
    assert csat.of == asked["sent"] > csat.estimate.n == asked["csat_n"]
    assert csat.tag.in_("en") == f"sample: {100 * csat.estimate.n / csat.of:.2f}% answered"
    assert whole.figures["churn_rate"].tag.in_("en") == "counted in full"


def test_without_further_tables_every_line_says_what_would_make_it_possible(bank, tmp_path):
    from churn_dash.intake.typed import extract_of

    workspace = Workspace.create(tmp_path / "bare")
    publish(workspace, extract_of({"customer_month": bank.table("customer_month")}, "bare"))
    ds = workspace.dataset()
    card = scorecard(ds, measured(asking.asked(ds)), in_force(Records(workspace.root)))
    for line in card.lines:
        told = line.as_json()
        if told["value"] is None:
            assert told["verdict"] == "undefined" and told["why_not"] and told["needs"]
    assert card.of("churn_rate").figure.estimate.value is not None
    assert {"csat", "save_rate", "warning_recall"} <= {one.figure.key for one in card.counted("undefined")}


@pytest.mark.parametrize("months", [1, 2])
def test_one_or_two_months_still_give_a_card(bank, tmp_path, months):
    from churn_dash.intake.typed import extract_of

    few = bank.table("customer_month").filter(pl.col("month").is_in(list(bank.all_months[:months])))
    workspace = Workspace.create(tmp_path / "few")
    publish(workspace, extract_of({"customer_month": few}, "few"))
    ds = workspace.dataset()
    card = scorecard(ds, measured(asking.asked(ds)), in_force(Records(workspace.root)))
    assert len(card.lines) == len(INDICATORS)
    assert all(one.figure.why_not is not None for one in card.lines if one.figure.estimate.value is None)


def test_the_printed_page_says_what_a_figure_is_worth_and_what_a_count_of_all_would_claim(bank, whole, records):
    from churn_dash.evaluation import scorecard
    from churn_dash.evaluation.ledger.opened import ledger
    from churn_dash.evaluation.targets.kept import in_force as targets
    from churn_dash.measures.money.assumptions import in_force
    from churn_dash.report import evaluation_sheet

    amounts = ledger(bank, whole, in_force(records), scope=Scope.everything())
    page = evaluation_sheet.page(evaluation_sheet.sheet(bank, scorecard(bank, whole, targets(records)), amounts, ()))
    assert "looks like a false alarm" in page and "Counting everybody who stayed would claim" in page
    (one,) = whole.pool.campaigns
    treated = [g for g in one.evaluation.groups if g.arm != one.evaluation.control]
    stayed = sum(g.known - g.cases for g in treated)
    assert whole.pool.naive_cost_per_save == pytest.approx(one.cost / stayed)
    assert whole.pool.naive_cost_per_save < whole.pool.cost_per_save.value
    assert len(whole.figures["warning_recall"].trend) > 3
