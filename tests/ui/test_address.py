"""The address as the one state of language and filters. Each script is a page; the query is its address."""

from streamlit.testing.v1 import AppTest


def page():
    import streamlit as st

    from churn_dash.ui import address
    from churn_dash.ui.parts import controls

    address.arrive(st.session_state.get("test_path", "/a"))
    address.share("tier", ["gold", "mass"])
    address.show_shared()
    if st.session_state.get("test_path", "/a") == "/a":
        controls.choice("Branch", ["all", "north", "south"], key="branch", words=str.upper, shared=True)
        controls.choices("Tier", ["gold", "mass"], key="tier", words=str.upper, shared=True)
    st.button("clear", key="clear", on_click=address.forget, args=(["branch", "tier"],))
    st.text(repr((address.held("branch"), address.held("tier"), address.rejected(), address.link(customer="7"))))


def state(at):
    return eval(at.text[0].value)


def opened(**query):
    at = AppTest.from_function(page)
    for key, value in query.items():
        at.query_params[key] = value
    return at.run()


def test_the_address_sets_the_controls_and_keeps_codes_not_words():
    at = opened(branch="north", tier=["gold", "mass"])
    assert at.selectbox(key="branch").value == "north"
    assert at.multiselect(key="tier").value == ["gold", "mass"]
    assert dict(at.query_params) == {"branch": "north", "tier": ["gold", "mass"]}


def test_a_choice_goes_into_the_address_and_a_default_leaves_it():
    at = opened()
    assert dict(at.query_params) == {}
    at.selectbox(key="branch").set_value("south").run()
    assert at.query_params["branch"] == "south"
    at.selectbox(key="branch").set_value("all").run()
    assert "branch" not in at.query_params


def test_an_unknown_value_is_dropped_and_told():
    at = opened(branch="moon", tier=["gold", "tin"])
    assert at.selectbox(key="branch").value == "all"
    assert at.multiselect(key="tier").value == ["gold"]
    assert set(state(at)[2]) == {"branch=moon", "tier=tin"}
    assert state(at.run())[2] == (), "told once"


def test_a_page_without_the_controls_keeps_what_was_chosen_and_so_does_the_way_back():
    at = opened(branch="north")
    at.session_state["test_path"] = "/b"
    at.query_params.clear()
    at.run()
    assert at.query_params["branch"] == "north", "the address of the next page carries it"
    at.session_state["test_path"] = "/a"
    at.query_params.clear()
    assert at.run().selectbox(key="branch").value == "north"


def test_an_address_that_changed_by_itself_wins_over_what_was_chosen():
    at = opened(branch="north", tier="gold")
    at.query_params["branch"] = "south"
    del at.query_params["tier"]
    at.run()
    assert at.selectbox(key="branch").value == "south"
    assert at.multiselect(key="tier").value == []


def test_a_choice_just_made_wins_over_an_address_that_has_not_caught_up():
    at = opened(branch="north")
    at.selectbox(key="branch").set_value("south").run()
    at.multiselect(key="tier").set_value(["gold"])
    at.query_params["branch"] = "north"
    at.run()
    assert at.selectbox(key="branch").value == "south"
    assert dict(at.query_params) == {"branch": "south", "tier": "gold"}


def test_clear_all_acts_at_once():
    at = opened(branch="north", tier="gold")
    at.button(key="clear").click().run()
    assert state(at)[:2] == ((), ())
    assert dict(at.query_params) == {}
    assert at.selectbox(key="branch").value == "all"


def test_a_link_carries_the_shared_filters():
    assert state(opened(branch="north"))[3] == {"branch": ["north"], "customer": "7"}
