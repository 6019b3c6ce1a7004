"""What are those who leave worth?"""

import streamlit as st

from churn_dash.contract.few import ONE_LIST
from churn_dash.ui import question
from churn_dash.ui.amounts import lifetimes as worth
from churn_dash.ui.amounts import tenths as value
from churn_dash.ui.filtering import clicks
from churn_dash.ui.front import stock
from churn_dash.ui.kinds import grouped, lifecycle, rated, service_tiers
from churn_dash.ui.parts import cards
from churn_dash.ui.parts.headings import heading
from churn_dash.ui.problems import errors_shown
from churn_dash.words import Text, _

asked = question.current()
nobody = rated.nobody(asked)
with errors_shown():
    top = st.container()
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        by = value.by_control()
        labels = "plan" if asked.timeless else lifecycle.labels_control()
        worth.link()
    assumed = worth.assumed(asked)
    margin = assumed.margin if by == "margin" else None
    answer, _all = value.told(asked.apart("top", "tenth"), margin)
    found = value.told(asked, margin)[1]
    with top:
        heading(question.where(_("Value and stage"), asked), answer)

    if found is not None:
        left, right = st.columns(2, gap="small")
        whole = value.seen(asked.apart("top"), margin)
        with left, cards.card(value.curve_finding(whole), value.curve_caption(whole), value.curve_table(whole), key="curve") as as_table:
            value.curve_shown(asked, whole, margin, as_table)
        caption = _("Tenths of the customers by value, the most valuable first · churn rate, number of customers beside each name")
        tenths = value.seen(asked.apart("tenth"), margin)
        with right, cards.card(value.tenths_finding(tenths), caption, value.tenths_table(tenths), key="tenths") as as_table:
            rated.clickable(asked, "tenth", tenths.rated, as_table, "tenths-picture", value.how(tenths, margin))

with errors_shown():
    if asked.timeless:
        more = Text(ONE_LIST, what=_("Stages, moves between them and what they are worth need months: these data hold one row a customer"))
        cards.needs_time(more if asked.ds.flagged else stock.NEEDED)
    elif not nobody:
        stages = lifecycle.seen(asked, labels)
        left, right = st.columns([5, 4], gap="small")
        moved, each = lifecycle.seen(asked.apart("stage_move"), labels), lifecycle.seen(asked.apart("stages"), labels)
        title, table = lifecycle.moves_finding(moved), lifecycle.moves_table(asked, moved)
        with left, cards.card(title, lifecycle.moves_caption(moved), table, key="moves") as as_table:
            clicks.cells(asked.ds, "stage_move", lifecycle.moves_picture(moved), lifecycle.moves_levels(moved), as_table, "moves-picture")
        title, caption, table = rated.spread_finding(each.rated), _("Churn by stage at the start"), rated.rated_table(each.rated)
        with right, cards.card(title, caption, table, key="stages") as as_table:
            levels = lifecycle.stage_levels(each.rated.rows["group"].to_list())
            clicks.rows(asked.ds, "stages", rated.rated_chart(each.rated), levels, as_table, "stages-picture")

        valued = lifecycle.valued(asked, stages, assumed)
        left, right = st.columns(2, gap="small")
        title, caption = lifecycle.value_finding(stages, valued), lifecycle.value_caption(valued, assumed)
        with left, cards.card(title, caption, lifecycle.value_table(stages, valued), key="worth") as as_table:
            cards.picture(lifecycle.value_picture(stages, valued), as_table, key="worth-picture")
        table = lifecycle.worth_table(stages, valued)
        caption = _("Lifetime value gained or lost by those who moved in the period, the largest loss first")
        with right, cards.card(lifecycle.worth_finding(stages, valued), caption, table, key="worth-of-moves"):
            cards.shown(table, height=248)

if not nobody:
    left, right = st.columns(2, gap="small")
    with left, errors_shown():
        served = service_tiers.seen(asked.apart("service"))
        title, caption, table = service_tiers.finding(served), service_tiers.caption(served), service_tiers.table(served)
        with cards.card(title, caption, table, key="served") as as_table:
            rated.clickable(asked, "service", served.rated, as_table, "served-picture", notes=service_tiers.notes(served))
    with right, errors_shown():
        apart = asked.apart("types")
        kinds = value.kinds(apart)
        title, caption, table = value.kinds_finding(apart, kinds), value.kinds_caption(kinds), value.kinds_table(apart, kinds)
        with cards.card(title, caption, table, key="types") as as_table:
            clicks.rows(asked.ds, "types", value.kinds_picture(apart, kinds), value.kind_levels(kinds), as_table, "types-picture")
    with errors_shown():
        grouped.list_card(asked, value.splits(asked, labels, found), "value", margin, labels, height=320)
