import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_dash.contract.lifecycle import STAGES
from churn_dash.errors import BadInput, NotFound
from churn_dash.retention import plays as play
from churn_dash.retention.plays import catalogue
from churn_dash.retention.plays import own_products as products
from churn_dash.retention.plays.own_products import APPETITES, OwnProduct, suggested
from churn_dash.risk.features.feature import GROUPS
from churn_dash.risk.features.panel import PANEL_FEATURES
from churn_dash.segments.groups.orientation import LABELS, SIGNS
from churn_dash.store import Records
from churn_dash.words import say

NAMES = st.text("abcdef", min_size=1, max_size=4)
PRODUCTS = st.builds(
    OwnProduct,
    NAMES,
    NAMES,
    st.sampled_from(APPETITES),
    st.integers(0, 60),
    st.lists(st.sampled_from(list(SIGNS)), unique=True).map(tuple),
    st.lists(st.sampled_from(STAGES), unique=True).map(tuple),
    st.booleans(),
)


@given(
    st.lists(PRODUCTS),
    st.sampled_from([*APPETITES, None, "unheard of"]),
    st.sampled_from([*LABELS, None]),
    st.sampled_from([*STAGES, "unknown", None]),
    st.sampled_from([True, False, None]),
)
def test_no_product_is_ever_suggested_above_the_appetite_for_risk(table, appetite, orientation, stage, due):
    found = suggested(table, appetite, orientation, stage, due)
    if found is None:
        return
    assert found.offered
    assert APPETITES.index(found.risk) <= (APPETITES.index(appetite) if appetite in APPETITES else 0)


def test_money_that_falls_due_gets_a_term_and_other_money_none():
    table = products.DEFAULTS.values()
    assert suggested(table, "low", "product", "mature", True).name == "term_deposit_12m"
    assert suggested(table, "low", "product", "mature", False).term_months in (0, 12)
    assert suggested(table, "low", "consumption", "growing").name in ("card_instalments", "consumer_loan")


def test_every_reason_that_may_be_told_has_a_play_and_age_and_gender_have_none():
    for feature in PANEL_FEATURES:
        found = play.play_for(catalogue.DEFAULTS, feature)
        assert (found is None) == feature.sensitive, feature.name
    assert {p.kind for p in catalogue.DEFAULTS.values()} == set(play.PLAY_KINDS)


BY_NAME = {f.name: f for f in PANEL_FEATURES}
FITTING = {
    "balances": "money_leaving", "deposits": "money_leaving", "flows": "money_leaving", "wealth": "money_leaving", "funds": "money_leaving",
    "maturities": "money_leaving", "rates": "money_leaving", "elsewhere": "money_leaving", "large amounts": "money_leaving",
    "activity": "less_used", "spending": "less_used", "card": "less_used", "digital": "less_used", "visits": "less_used",
    "salary": "main_bank", "standing": "main_bank", "products": "more_products", "fees": "fees", "loans": "borrower",
    "complaints": "complaint", "satisfaction": "complaint", "tier": "loyalty", "points": "loyalty",
    "contacts": "hello", "campaigns": "hello",
}  # fmt: skip
"""What fits each theme of banking, service and loyalty, told apart from the catalogue: things that a bank can do something about."""


def test_every_theme_that_a_bank_can_act_on_has_a_play_of_its_own_that_fits():
    acted_on = [f for f in PANEL_FEATURES if not f.sensitive and (f.group in ("banking", "service") or f.theme == "rates")]
    assert {f.theme for f in acted_on} == set(FITTING)
    for feature in acted_on:
        found = play.play_for(catalogue.DEFAULTS, feature)
        assert found.name == FITTING[feature.theme] and feature.theme in found.themes, feature.name


@pytest.mark.parametrize(
    ("feature", "value", "peer", "name"),
    [
        ("salary_mean_3m", 0.0, 4000.0, "main_bank"),
        ("salary_change_3m", -1.0, 0.0, "salary_lost"),
        ("salary_change_3m", 0.0, 0.1, "main_bank"),
        ("autopay_change_6m", -0.5, 0.0, "salary_lost"),
        ("autopay_mean_3m", 0.0, 2.0, "main_bank"),
        ("product_count", 1, 3, "more_products"),
        ("product_change_3m", -1, 0, "more_products"),
        ("fees_disputed_12m", 1, 0, "fees"),
        ("fees_charged_3m", 80.0, 20.0, "fees"),
        ("fee_change_3m", 0.8, 0.0, "fees"),
        ("fee_change_3m", -0.8, 0.0, "less_used"),
        ("fee_mean_3m", 1.0, 9.0, "less_used"),
        ("fee_mean_3m", 9.0, 1.0, "fees"),
    ],
)
def test_the_play_follows_what_happened_to_the_customer(feature, value, peer, name):
    """Nobody is asked about a salary that never came; who disputes a fee is told why, or paid back."""
    assert play.play_for(catalogue.DEFAULTS, BY_NAME[feature], value, peer).name == name


def test_what_a_bank_gave_to_its_own_play_is_not_taken_by_a_default(tmp_path):
    records = Records(tmp_path)
    body = {
        "kind": "value_added",
        "title": "Main bank",
        "do": "Ask.",
        "avoid": "",
        "themes": ["salary", "products", "fees"],
        "groups": ["banking"],
    }
    records.add("play", "main_bank", body, "Ms Li")
    now = play.plays(records)
    assert play.play_for(now, BY_NAME["product_count"], 1, 3).name == "main_bank"
    claimed = [t for p in now.values() for t in (*p.themes, *p.groups)]
    assert len(claimed) == len(set(claimed))
    assert play.put_play(records, "main_bank", {"title": "Ours"}).title == "Ours"


def test_every_theme_that_a_play_answers_has_words_in_both_languages():
    answered = {t for p in catalogue.DEFAULTS.values() for t in p.themes}
    assert answered <= set(play.THEMES)
    assert all(say(w, "zh") != w for w in play.THEMES.values())


def test_no_theme_or_group_is_answered_by_two_plays():
    answered = [t for p in catalogue.DEFAULTS.values() for t in (*p.themes, *p.groups)]
    assert len(answered) == len(set(answered)) and set(GROUPS) <= set(answered)


@pytest.mark.parametrize("text", [t for p in catalogue.DEFAULTS.values() for t in (p.title, p.do, p.avoid)])
def test_every_default_text_is_said_in_chinese(text):
    assert say(text, "zh") != text


def test_a_play_is_edited_and_the_default_is_not_lost(tmp_path):
    records = Records(tmp_path)
    one = play.put_play(records, "complaint", {"title": "Call at once"}, "Ms Li")
    assert (one.title, one.who, one.version) == ("Call at once", "Ms Li", 1)
    assert play.plays(records)["complaint"] == one and play.plays(records)["hello"] == catalogue.DEFAULTS["hello"]
    assert play.put_play(records, "complaint", {"title": "Call at once"}).version == 1
    assert list(play.plays(records)) == list(catalogue.DEFAULTS)
    json.dumps([p.as_json("zh") for p in play.plays(records).values()])


def test_a_theme_moves_only_once_it_is_free(tmp_path):
    records = Records(tmp_path)
    with pytest.raises(BadInput, match="complaints is answered by the play complaint"):
        play.put_play(records, "mine", {"title": "a", "do": "b", "themes": "complaints"})
    play.put_play(records, "complaint", {"themes": "satisfaction"})
    assert play.put_play(records, "mine", {"title": "a", "do": "b", "themes": "complaints"}).themes == ("complaints",)
    complaints = next(f for f in PANEL_FEATURES if f.theme == "complaints")
    assert play.play_for(play.plays(records), complaints).name == "mine"


@pytest.mark.parametrize(
    ("put", "name", "changes", "kind"),
    [
        (play.put_play, "hello", {"kind": "gifts"}, NotFound),
        (play.put_play, "hello", {"colour": "red"}, NotFound),
        (play.put_play, "hello", {"title": ""}, BadInput),
        (play.put_play, "hello", {"do": "x" * 401}, BadInput),
        (play.put_play, "a b", {"title": "x", "do": "y"}, BadInput),
        (play.put_product, "equity_fund", {"risk": "wild"}, NotFound),
        (play.put_product, "equity_fund", {"term_months": "-1"}, BadInput),
        (play.put_product, "equity_fund", {"stages": "retired"}, NotFound),
        (play.put_product, "equity_fund", {"offered": "perhaps"}, BadInput),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence_and_nothing_is_kept(tmp_path, put, name, changes, kind):
    with pytest.raises(kind):
        put(Records(tmp_path), name, changes)
    assert play.plays(Records(tmp_path)) == catalogue.DEFAULTS and play.products(Records(tmp_path)) == products.DEFAULTS


def test_a_product_that_is_not_offered_any_more_is_not_suggested(tmp_path):
    records = Records(tmp_path)
    play.put_product(records, "equity_fund", {"offered": "no"}, "me")
    assert not play.products(records)["equity_fund"].offered
    assert suggested(play.products(records).values(), "high", "product", "mature", False).name != "equity_fund"
