"""The Survival page: the figures that the command line gives, small groups only counted, and a sentence where nothing can be told."""

import datetime
from types import SimpleNamespace

import polars as pl
import pytest

from churn_dash.intake.typed import extract_of
from churn_dash.measures import last_12
from churn_dash.measures.tenure.silence import silence
from churn_dash.measures.tenure.survival import survival
from churn_dash.measures.tenure.threads import threads
from churn_dash.store import Workspace, publish
from churn_dash.ui.tenure import survival as survival_page
from tests.asking import asked
from tests.pages.reading import answer, opened, percent, words

SILENCE = {"survival-view": "silence"}


def test_the_answer_and_the_tiles_are_the_figures_of_survival(bank_folder, looking_at):
    looking_at(bank_folder)
    ds = Workspace.open(bank_folder).dataset()
    found = survival(asked(ds, period=last_12(ds))).whole
    at = opened("survival")
    assert not at.exception and not at.error
    assert f"{100 * found.at(12)[0]:.2f}%" in answer(at)
    tiles = {m.label: m.value for m in at.metric}
    assert tiles["After 1 year"] == f"{100 * found.at(12)[0]:.2f}%"
    assert tiles["Watched"] == f"{found.n:,}"


def test_groups_are_set_side_by_side(bank_folder, looking_at):
    looking_at(bank_folder)
    at = opened("survival", "zh")
    for by in ("age_band", "all"):
        at.selectbox(key="stay-by").set_value(by).run()
        assert not at.exception and not at.error
        assert ("log-rank" in words(at)) == (by != "all")


def test_a_filter_that_leaves_few_shows_counts_and_no_rate(bank_folder, looking_at):
    looking_at(bank_folder)
    at = opened("survival", **{"where.tier": "private", "where.gender": "F", "where.city": "Hefei"})
    assert not at.exception
    assert "too few for a curve" in answer(at) or "No customer matches" in answer(at)
    assert not any("%" in m.value for m in at.metric if m.label.startswith("After"))


def test_the_broken_threads_and_the_way_into_silence_are_the_figures_of_the_measures(bank_folder, looking_at):
    looking_at(bank_folder)
    ds = Workspace.open(bank_folder).dataset()
    torn, quiet = threads(asked(ds, period=last_12(ds))), silence(asked(ds, period=last_12(ds)))
    at = opened("survival", **SILENCE)
    assert not at.exception
    assert f"of {torn.n_left:,} with a year of data before" in words(at)
    active = quiet.states[0]
    assert {m.label: m.value for m in at.metric}[f"Active: lost within {quiet.n_months} months"] == percent(active.observed)
    told = f"the model says {percent(active.foretold)}" + (": it misses what happened" if active.model_misses else "")
    assert f"{percent(active.observed_low)} to {percent(active.observed_high)} of {active.n_start:,} · {told} ·" in words(at)
    sleeping = next(s for s in quiet.states if s.state == "sleeping")
    if sleeping.n_start >= 30:
        assert f"Of those asleep {percent(sleeping.observed)} were lost within {quiet.n_months} months" in words(at)
    assert "chain" not in words(at) and "链" not in words(opened("survival", "zh", **SILENCE))


def _watched(level, last_told, share):
    return SimpleNamespace(level=level, n=500, last_told=last_told, at=lambda month: (share if month else 1.0, None, None))


def test_the_title_names_only_groups_that_were_watched_for_a_year():
    everybody = [_watched("mass", 80, 0.7), _watched("affluent", 70, 0.9), _watched("private", 0, 1.0)]
    question = SimpleNamespace(groupings={"tier": SimpleNamespace(name="tier", values={}, label="Tier", words={})})
    found = SimpleNamespace(groups=everybody, by=None, difference=SimpleNamespace(p=0.001), whole=everybody[0])
    assert survival_page.finding(question, found) == "Still there after 5 years: all customers 90.00%, all customers 70.00%"
    found.groups = [everybody[0], everybody[2]]
    assert survival_page.finding(question, found) == "The groups leave at different paces"


def _place(tmp_path, customers, months):
    rows = [(f"c{i}", datetime.date(2024, m, 1), 1.0) for i in range(customers) for m in range(1, months + 1)]
    frame = pl.DataFrame(rows, schema={"customer_id": pl.String, "month": pl.Date, "aum_end": pl.Float64}, orient="row")
    publish(Workspace.create(tmp_path / "place"), extract_of({"customer_month": frame}, "made"))
    return tmp_path / "place"


@pytest.mark.parametrize(
    ("customers", "months", "said"),
    [(40, 4, "first day with the bank"), (40, 1, "needs months")],
)
def test_what_the_data_cannot_tell_is_said_in_the_heading(tmp_path, looking_at, customers, months, said):
    looking_at(_place(tmp_path, customers, months))
    at = opened("survival")
    assert not at.exception
    assert said in answer(at)


def test_a_broken_thread_opens_into_the_list_of_customers_that_the_command_names(bank_folder, looking_at):
    from churn_dash.measures.tenure.torn import torn

    looking_at(bank_folder)
    ds = Workspace.open(bank_folder).dataset()
    at = opened("survival", **SILENCE)
    assert not at.exception and not at.error
    options = next(s for s in at.selectbox if s.label == "Customers of").options
    named = torn(asked(ds, period=last_12(ds)))["thread"].value_counts(sort=True)
    assert any("Broken right now" in o for o in options) and any("Asleep" in o or "Silent" in o for o in options)
    assert f"{named['count'][0]:,} customers who are still there" in words(at)
