"""Every page in both languages on both shapes of data: it answers in a sentence and never fails."""

import shutil

import pytest

from churn_dash.access import Scope
from churn_dash.ui.frame import SECTIONS
from tests.asking import asked
from tests.pages.reading import answer, opened, words

PAGES = tuple(slug for part in SECTIONS.values() for slug, _title, _icon in part)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_answers_in_a_sentence_on_a_bank_with_months(page, language, bank_folder, looking_at):
    looking_at(bank_folder)
    at = opened(page, language)
    assert not at.exception and not at.error
    assert len(answer(at)) > 5
    assert ("示例数据" if language == "zh" else "sample data") in words(at)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_answers_in_a_sentence_on_one_row_a_customer(page, language, flat_folder, looking_at):
    looking_at(flat_folder)
    at = opened(page, language)
    assert not at.exception and not at.error
    assert len(answer(at)) > 5


@pytest.mark.parametrize("page", PAGES)
def test_a_page_of_an_empty_place_says_what_to_load(page, tmp_path, looking_at):
    looking_at(tmp_path / "nothing")
    at = opened(page)
    assert not at.exception
    assert "No data have been loaded here yet." in words(at) or page == "data"


@pytest.mark.parametrize("page", ["overview", "trends"])
def test_one_row_a_customer_says_in_one_sentence_what_needs_months(page, flat_folder, looking_at):
    looking_at(flat_folder)
    assert "months" in words(opened(page))


def test_the_overview_states_the_rate_that_measure_gives(bank_folder, looking_at):
    from churn_dash.measures import measure
    from churn_dash.store import Workspace

    looking_at(bank_folder)
    rate = measure(asked(Workspace.open(bank_folder).dataset()), ["churn_rate"])["churn_rate"][0]
    at = opened("overview")
    assert f"{100 * rate:.2f}%" in answer(at)
    assert at.metric[0].value == f"{100 * rate:.2f}%"


def test_a_filter_in_the_address_narrows_the_customers_and_stays_on_the_next_page(bank_folder, looking_at):
    looking_at(bank_folder)
    whole, narrow = opened("overview"), opened("overview", **{"where.tier": "gold"})
    left = [int(b.value.split(" customers")[0].split()[-1].replace(",", "").split("]")[-1]) for b in _badges(whole) + _badges(narrow)]
    assert left[1] < left[0]
    narrow.switch_page("pages/segments_page.py").run()
    assert "Tier: Gold" in words(narrow)


def _badges(at):
    return [m for m in at.markdown if " customers" in m.value and "badge" in m.value][:1]


def test_a_filter_means_the_same_in_the_other_language(bank_folder, looking_at):
    looking_at(bank_folder)
    assert "客户等级：金卡" in words(opened("overview", "zh", **{"where.tier": "gold"}))


def test_what_the_address_asks_for_and_the_data_do_not_hold_is_left_out_with_a_notice(bank_folder, looking_at):
    looking_at(bank_folder)
    at = opened("overview", **{"where.tier": "no-such-tier", "period": "yesterday"})
    assert not at.exception
    assert "where.tier=no-such-tier" in words(at) and "period=yesterday" in words(at)
    assert "all customers" in words(at)


def test_clear_all_takes_every_filter_away_at_once(bank_folder, looking_at):
    looking_at(bank_folder)
    at = opened("overview", **{"where.tier": "gold"})
    at.button(key="clear-filters").click().run()
    assert "all customers" in words(at)


def test_a_shorter_period_changes_the_figures_and_the_foot(bank_folder, looking_at):
    looking_at(bank_folder)
    at = opened("overview")
    before = at.metric[0].value
    at.selectbox(key="period").set_value("1m").run()
    assert at.metric[0].value != before
    assert not at.exception


def test_another_definition_holds_on_every_page(bank_folder, looking_at):
    looking_at(bank_folder)
    at = opened("trends", definition="close")
    assert "account closure" in words(at)
    at.switch_page("pages/overview_page.py").run()
    assert "account closure" in words(at)


def test_a_customer_who_does_not_exist_is_one_sentence(bank_folder, looking_at):
    looking_at(bank_folder)
    at = opened("customer", customer="nobody-here")
    assert not at.exception
    assert "There is no customer nobody-here" in words(at)


def test_the_customer_page_gives_reasons_and_three_levers_at_most(bank_folder, looking_at):
    from churn_dash import retention, risk
    from churn_dash.store import Workspace

    looking_at(bank_folder)
    workspace = Workspace.open(bank_folder)
    ds = workspace.dataset()
    first = retention.first_calls(ds, risk.trained(workspace.models, ds.version), 1, scope=Scope.everything())[0]
    at = opened("customer", customer=first.customer_id)
    assert not at.exception
    assert f"{100 * first.probability:.2f}%" in answer(at) + at.metric[0].value
    assert 1 <= len(at.slider) + len([t for t in at.toggle if (t.key or "").startswith("lever-")]) <= 3
    assert "what an offer really does, only a campaign with a hold-out shows" in words(at)


def test_moving_a_lever_changes_the_risk_and_says_model_response(bank_folder, looking_at):
    from churn_dash import retention, risk
    from churn_dash.store import Workspace

    looking_at(bank_folder)
    workspace = Workspace.open(bank_folder)
    ds = workspace.dataset()
    first = retention.first_calls(ds, risk.trained(workspace.models, ds.version), 1, scope=Scope.everything())[0]
    at = opened("customer", customer=first.customer_id)
    slider = next(s for s in at.slider if s.max > s.value)
    slider.set_value(slider.max).run()
    changed = next(m for m in at.metric if m.label == "Risk would be")
    assert changed.value != f"{100 * first.probability:.2f}%"
    assert not at.exception


def test_a_campaign_without_a_declared_random_draw_is_never_called_an_effect(bank_folder, looking_at, tmp_path):
    looking_at(shutil.copytree(bank_folder, tmp_path / "bank"))
    at = opened("campaigns", campaign="C03a")
    assert "Evidence C" in words(at)
    assert "Adjusted, not proven" in answer(at)
    assert not any(m.label == "Customers kept" for m in at.metric)
    next(b for b in at.button if b.label == "Declare").click().run()
    assert "Randomisation is doubtful" in answer(at), "a draw may be declared, but the groups differ by more than chance"
    assert "Evidence D" in words(at)


def test_the_before_and_after_table_carries_its_footnote(bank_folder, looking_at):
    looking_at(bank_folder)
    assert "inferred from 7.3.2, 6.3.2 and 8.2" in words(opened("campaigns"))


def test_use_my_data_opens_an_empty_place_beside_the_sample_and_the_way_back(bank_folder, looking_at):
    looking_at(bank_folder)
    at = opened("overview")
    at.button(key="use-own").click().run()
    assert "No data have been loaded here yet." in words(at)
    assert not any("Sample data: an invented bank" in m.value for m in at.markdown)
    at.button(key="use-sample").click().run()
    assert "customers" in words(at) and not at.exception


def test_a_page_shows_no_picture_or_link_that_the_data_bring_along(tmp_path, looking_at):
    from churn_dash.intake.extraction import extract
    from churn_dash.intake.source import Source
    from churn_dash.store import Workspace, publish

    evil = "![x](http://example.invalid/p.png)"
    rows = "\n".join(f"{i},{evil if i % 2 else 'plain'},{i % 3 == 0:d}" for i in range(600))
    publish(Workspace.create(tmp_path / "evil"), extract([Source("evil.csv", f"CustomerId,Region,Exited\n{rows}\n".encode())]))
    looking_at(tmp_path / "evil")
    at = opened("overview")
    assert not at.exception
    assert all("![x](" not in m.value for m in [*at.markdown, *at.caption])


def test_the_models_are_trained_from_the_page_and_then_name_customers(flat_folder, looking_at, tmp_path, monkeypatch):
    monkeypatch.setattr("churn_dash.risk.training.SEEDS", (0,))  # how often a model is tested is not asked here
    root = tmp_path / "flat"
    shutil.copytree(flat_folder, root)
    looking_at(root)
    at = opened("risk")
    assert "No risk model can be used with these data yet." in answer(at)
    next(b for b in at.button if b.label == "Train the models").click().run()
    assert not at.exception
    assert "customers are at high risk" in answer(at)
    assert any("ROC-AUC" in m.label for m in at.metric)


@pytest.mark.parametrize(
    ("view", "said"),
    [
        ("whom", "High risk begins at"),
        ("drivers", "moves the risk most"),
        ("models", "Rules, points and weights"),
        ("fair", "Fair treatment"),
    ],
)
def test_every_view_of_the_risk_page_opens_by_its_address_and_is_drawn_alone(view, said, bank_folder, looking_at):
    looking_at(bank_folder)
    told = {code: words(opened("risk", **{"risk-view": code})) for code in ("whom", "drivers", "models", "fair") if code in (view, "whom")}
    assert said in told[view] and (view == "whom" or said not in told["whom"])
    at = opened("risk", "zh", **{"risk-view": view})
    assert not at.exception and not at.error


def test_a_model_file_that_was_touched_is_refused_in_words_and_can_be_trained_again(bank_folder, looking_at, tmp_path):

    root = tmp_path / "bank"
    shutil.copytree(bank_folder, root)
    model = next(root.glob("models/*/model.skops"))
    model.write_bytes(model.read_bytes() + b"x")
    looking_at(root)
    at = opened("risk")
    assert not at.exception
    assert "train it again" in words(at)
    assert any(b.label == "Train the models" for b in at.button)
    assert not opened("overview").exception


def test_an_official_figure_is_explained_on_the_trends_page(bank_folder, looking_at):
    from churn_dash.measures import measure
    from churn_dash.store import Workspace

    looking_at(bank_folder)
    rate = measure(asked(Workspace.open(bank_folder).dataset()), ["net_churn_rate"])["net_churn_rate"][0]
    at = opened("trends")
    at.text_input(key="official-figure").set_value(f"{100 * rate:.2f}%").run()
    assert not at.exception
    assert "is what we get as: lost and not back at the end" in words(at)
    at.text_input(key="official-figure").set_value("about 5").run()
    assert not at.exception and "is no figure" in words(at)


def test_the_customers_to_call_and_what_they_hold_are_the_same_people(bank_folder, looking_at):
    from churn_dash import retention, risk
    from churn_dash.store import Workspace
    from churn_dash.ui.models import threshold
    from churn_dash.words import Count, Money

    looking_at(bank_folder)
    workspace = Workspace.open(bank_folder)
    ds = workspace.dataset()
    kept = risk.trained(workspace.models, ds.version)
    rows = [r for r in retention.may_be_called(ds, kept, scope=Scope.everything()).to_dicts() if r["probability"] >= threshold(kept)]
    said = words(opened("overview"))
    assert f"Call the {Count(len(rows))} customers at highest risk" in said
    assert f"they hold {Money(sum(r['value'] or 0.0 for r in rows))}" in said
