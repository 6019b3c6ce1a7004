"""How do those who leave behave?"""

import streamlit as st

from churn_dash.contract.few import ONE_LIST
from churn_dash.ui import question
from churn_dash.ui.front import stock
from churn_dash.ui.kinds import behaviour, clusters, grouped, orientation, rated, rfm
from churn_dash.ui.parts import cards
from churn_dash.ui.parts.headings import heading
from churn_dash.ui.problems import errors_shown
from churn_dash.words import Text, _

asked = question.current()
with errors_shown():
    if asked.timeless:
        heading(question.where(_("Behaviour"), asked), Text(ONE_LIST, what=_("Behaviour needs months: these data hold one row a customer")))
        more = _("Load an extract with a row a customer a month, and customers are grouped by what they did before they left.")
        cards.needs_time(more if asked.ds.flagged else stock.NEEDED)
    elif behaviour.too_short(asked):
        heading(question.where(_("Behaviour"), asked), _("Behaviour needs at least three months before the months counted."))
        cards.needs_time(behaviour.too_short(asked))
    elif rated.nobody(asked):
        heading(question.where(_("Behaviour"), asked), _("No customer matches these filters."))
    else:
        top = st.container()
        with st.container(horizontal=True, gap="medium"):
            axes, money, k = rfm.axes_control(), rfm.money_control(), clusters.number_control()
        answer, found = rfm.told(asked.apart("rfm", "rfm_kind"), axes, money)
        with top:
            heading(question.where(_("Behaviour"), asked), answer)
        if found is not None:
            left, right = st.columns([5, 4], gap="small")
            grid = rfm.seen(asked.apart("rfm"), axes, money)
            with left, cards.card(rfm.title(grid), rfm.caption(grid), rfm.grid_table(grid), key="rfm") as as_table:
                rfm.picture(asked, grid, as_table)
            caption = _("Kinds of customers by their scores · churn rate, number of customers beside each name")
            kinds = rfm.seen(asked.apart("rfm_kind"), axes, money)
            with right, cards.card(rfm.kinds_finding(kinds), caption, rfm.kinds_table(kinds), key="kinds") as as_table:
                rated.clickable(asked, "rfm_kind", kinds.kinds, as_table, "kinds-picture", money)

        with errors_shown():
            groups = clusters.seen(asked.apart("cluster"), k)
            left, right = st.columns(2, gap="small")
            with left, cards.card(clusters.finding(groups), clusters.caption(groups), clusters.table(groups), key="clusters") as as_table:
                rated.clickable(asked, "cluster", groups.rated, as_table, "clusters-picture", str(k or ""))
            title, caption, table = clusters.profile_finding(groups), clusters.profile_caption(), clusters.profile_table(groups)
            with right, cards.card(title, caption, table, key="profile") as as_table:
                cards.picture(clusters.profile_picture(groups), as_table, key="profile-picture")

        left, right = st.columns(2, gap="small")
        with left, errors_shown():
            seen = orientation.seen(asked.apart("orientation"))
            title, caption = rated.spread_finding(seen.rated), orientation.caption(seen)
            with cards.card(title, caption, orientation.table(seen), key="orientation") as as_table:
                rated.clickable(asked, "orientation", seen.rated, as_table, "orientation-picture")
        with right, errors_shown():
            grouped.list_card(asked, behaviour.splits(asked, money, k), "behaviour", money, k)
