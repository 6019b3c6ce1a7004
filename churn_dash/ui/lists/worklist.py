"""What the Worklist page shows: who is to be called by whom, who is let go and why, whether everybody is treated fairly, and the card."""

import polars as pl
import streamlit as st

from churn_dash.contract.few import FOUR_FIFTHS
from churn_dash.report import customer_card, worklist_file
from churn_dash.retention import Worklist, worklist
from churn_dash.retention.worklists.exports import exports, listed_before, put
from churn_dash.retention.worklists.fairness import DIMENSIONS, Offered, fairness
from churn_dash.retention.worklists.what_to_do import ToDo, what_to_do
from churn_dash.retention.worklists.worklist import VERDICTS
from churn_dash.risk import Model
from churn_dash.risk.scores.grades import GRADES
from churn_dash.store import Records
from churn_dash.ui import address, cache, footer, models, session
from churn_dash.ui.amounts import assumptions
from churn_dash.ui.lists import handed_out, play_choice
from churn_dash.ui.lists.care import cap_control
from churn_dash.ui.lists.owners import owner_control
from churn_dash.ui.parts import controls
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.list_words import spoken
from churn_dash.ui.parts.tiles import Tile, money_tile
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Count, Money, Ratio, Text, _

_CAPACITIES = ("5", "10", "20", "30", "50", "100")
_GRADES = {"h": ("high",), "hm": ("high", "medium")}
_KINDS = {"customer_id": "id", "probability": "bar", "gain": "money", "stake": "money", "value": "money", "balance": "money"}


def found(question: PageQuestion, kept: Model) -> Worklist:
    """Draw the controls and work out the list."""
    held = assumptions.held(question)
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        capacity = int(controls.choice(session.say(_("Calls a manager")), _CAPACITIES, key="capacity", words=str, default="20", width=130))
        names = {"h": GRADES["high"], "hm": _("High and medium")}
        grades = controls.choice(
            session.say(_("Risk grades")), list(_GRADES), key="grades", words=lambda c: session.say(names[c]), default="h", width=180
        )
        cap = cap_control()
    cuts, q = models.cuts(kept), question

    records = Records(q.ds.root)
    taken = exports(records)

    def work(*_asked: object) -> Worklist:
        return worklist(q, kept, cuts, held, capacity, _GRADES[grades], cap=cap, before=listed_before(records))

    values = {n: h.value for n, h in held.items()}
    asked = (kept.id, cuts, values, capacity, grades, q.filters.where, cap, len(taken))
    return cache.worked_out(q.ds, q.scope, work, *asked, name="worklist")


def answer(one: Worklist) -> Text:
    """The page's sentence."""
    named = {
        "n": Count(one.rows.height),
        "managers": Count(one.rows["owner"].n_unique()),
        "gain": one.expected.words,
        "gone": Count(one.n_let_go),
    }
    if not one.rows.height:
        return Text(_("Nobody is to be called: no call is expected to bring more than it costs."))
    if one.expected.gain is None:
        return Text(_("{n} customers to call, by risk alone: what they are worth is not known."), **named)
    told = Text(_("{n} customers to call by {managers} managers, {gain} expected; {gone} are let go."), **named)
    return one.expected.doubted(told)


def tiles(one: Worklist) -> list[Tile]:
    """The row of figures."""
    look, c = session.look(), one.counts
    least = session.say(Text(_("risk of {threshold} or more"), threshold=Ratio(one.cuts.high)))
    dear = session.say(
        Text(
            _("{n} of them cost more to serve than they bring, {hoppers} follow the rate"),
            n=Count(c["unprofitable"]),
            hoppers=Count(c["hopper"]),
        )
    )
    heard = session.say(
        Text(_("{n} contacted enough of late, {again} on a list of late"), n=Count(c["capped"]), again=Count(c["repeated"]))
    )
    ends = {"low": Money(one.expected.low), "high": Money(one.expected.high)}
    between = session.say(one.expected.covers if one.expected.low is None else Text(_("{low} to {high}, less calls and offers"), **ends))
    more = session.say(Text(_("worth a call, at {n} a manager"), n=Count(one.capacity)))
    return [
        Tile(_("To call"), look.show(one.rows.height, "count"), note=least),
        money_tile(session.say(_("Expected gain")), one.expected.gain, note=between, help=session.say(one.expected.covers)),
        Tile(_("Let go"), look.show(one.n_let_go, "count"), note=dear),
        Tile(_("Not to be contacted"), look.show(c["refused"], "count"), note=heard),
        Tile(_("Beyond capacity"), look.show(c["beyond_capacity"], "count"), note=more),
    ]


def owned(one: Worklist) -> pl.DataFrame:
    """Draw the choice of a manager; his rows, or everybody's."""
    owner = pl.col("owner")
    everybody, chosen = owner_control(one.rows["owner"], _("Manager"), _("All managers"), worklist_file.NOBODY, 200)
    return one.rows if everybody else one.rows.filter(owner.is_null() if chosen is None else owner == chosen)


def table(question: PageQuestion, one: Worklist, kept: Model, rows: pl.DataFrame) -> Table:
    """The list, most to gain first within a manager; without the columns of which nothing is known."""
    said = spoken(worklist_file.spoken(rows, kept, to_do(question, one, kept), session.language()))
    known = [c for c in said.columns if said[c].null_count() < said.height or c == "customer_id"]
    units = _KINDS | {"last_contact": "date", "contacts": "count"}
    return Table(said.select(known), "worklist", worklist_file.LABELS, units, only=True)


def to_do(question: PageQuestion, one: Worklist, kept: Model) -> dict[str, ToDo]:
    """Customer of the list → plays and product."""
    plays, products, q = play_choice.in_force(question), play_choice.products_in_force(question), question

    def work(*_asked: object) -> dict[str, ToDo]:
        return what_to_do(q.ds, kept, one.rows, plays, products, play_choice.groups(q))

    return cache.worked_out(q.ds, q.scope, work, kept.id, one.rows["customer_id"].to_list(), plays, products, name="what-to-do")


def caption(one: Worklist) -> Text:
    """Under the title of the list: how a call is judged."""
    return Text(
        _(
            "Expected gain = risk × share kept × value, less the call and the offer, which those who would have stayed take, too · "
            "as of {date} · from the model: it describes, it does not prove causes"
        ),
        date=one.day.isoformat(),
    )


def verdicts(one: Worklist) -> Table:
    """What became of everybody with a score."""
    rows = [(one.counts[v], session.say(words)) for v, words in VERDICTS.items()]
    frame = pl.DataFrame(rows, schema={"n": pl.Int64, "what": pl.String}, orient="row")
    return Table(frame, "verdicts", {"what": _("What becomes of them"), "n": _("Customers")}, {"n": "count"}, only=True)


def verdicts_title(one: Worklist) -> Text:
    """Title of that."""
    return Text(_("Of {of} customers {n} are called"), of=Count(one.everybody.height), n=Count(one.rows.height))


def fair(question: PageQuestion, kept: Model, one: Worklist) -> tuple[Offered, ...]:
    """The fair-treatment check."""
    return cache.kept_with(one, "fairness", lambda: fairness(question.ds, kept, one))


def fair_title(rows: tuple[Offered, ...]) -> Text:
    """Title of the check: whether some group is offered much less."""
    flagged = [g for g in rows if g.flagged]
    if not rows:
        return Text(_("Who is left out cannot be checked: the data tell neither age nor gender, city or channel"))
    if not flagged:
        return Text(_("No group is clearly offered less than {share} of what the best is"), share=Ratio(FOUR_FIFTHS))
    return Text(
        _("{n} groups are clearly offered less than {share} of what the best is: look before you hand it out"),
        n=len(flagged),
        share=Ratio(FOUR_FIFTHS),
    )


def fair_table(rows: tuple[Offered, ...]) -> Table:
    """The groups, those flagged first."""
    order = sorted(rows, key=lambda g: (not g.flagged, list(DIMENSIONS).index(g.dimension)))
    frame = worklist_file.fairness_rows(order, session.language())
    shares = ("not_offered", "low", "high", "ratio", "ratio_low", "ratio_high")
    units = {"n": "count", "left_out": "count"} | dict.fromkeys(shares, "ratio")
    how = session.say(
        _(
            "Of the customers at enough risk for the list, the share that is not on it, whatever the reason; 95% ranges (Wilson). "
            "Groups of fewer than 30 are not compared. The range of a group against the best one holds for all pairs at once; only "
            "a group whose whole range lies below four fifths is to be looked at, so that chance alone flags none."
        )
    )
    return Table(frame, "fair-treatment", worklist_file.FAIR, units, how=how, only=True)


def download(question: PageQuestion, kept: Model, one: Worklist, rows: tuple[Offered, ...]) -> None:
    """The button for the workbook, a sheet a manager; drawn after the check."""
    language, about, doing = session.language(), footer.about(), to_do(question, one, kept)
    who = handed_out.taker("worklist")

    def taken() -> bytes:
        made = worklist_file.workbook(one, kept, doing, rows, language, about)
        put(Records(question.ds.root), question.ds, kept, one, "xlsx", who)
        return made

    handed_out.button(_("Download Excel, a sheet a manager"), taken, f"worklist-v{footer.data_version() or 0}.xlsx", "worklist-xlsx")


def card(question: PageQuestion, kept: Model, one: Worklist) -> None:
    """Choose a customer of the list; his card to print."""
    numbers = one.rows["customer_id"].head(500).to_list()
    number = controls.typed(
        session.say(_("Customer number")), numbers, key="card", placeholder=session.say(_("Type a number, or pick one"))
    )
    if not number:
        return
    held = assumptions.held(question)
    plays, products = play_choice.in_force(question), play_choice.products_in_force(question)
    offer = held["offer_cost"].value
    made = customer_card.card(question.ds, kept, one, number, offer, plays, products, play_choice.groups(question))
    page = customer_card.page(made, session.language())
    st.download_button(
        session.say(_("Download the card, to print")),
        page.encode(),
        file_name=f"card-{number}.html",
        mime="text/html",
        icon=":material/print:",
        on_click="ignore",
        key="card-html",
    )
    st.iframe(page, height=460)


def freeze_link() -> None:
    """To the page that freezes the list as it is chosen here."""
    from churn_dash.ui import frame

    chosen = {key: address.held(key)[0] for key in ("capacity", "grades", "cap", "days") if address.held(key)}
    label = session.say(_("Freeze this list with a hold-out, to know later whether it worked"))
    st.page_link(frame.page("followup"), label=label, icon=":material/ac_unit:", query_params=address.link(**chosen))
