"""The page of the tiers: who moved between them, and who is on watch."""

import dataclasses
from functools import partial

import polars as pl

from churn_dash.care import COLUMNS, CareList, care_list
from churn_dash.care.notices import notice
from churn_dash.charts import Chart, Stream, migration, sankey, stream_marks
from churn_dash.contract.few import TOO_FEW
from churn_dash.contract.tiers import TIER_RULES
from churn_dash.measures.movement.tiers import LOST, MOVES, Migration, Share, followed, leaving, rule_of
from churn_dash.measures.movement.tiers import migration as measured
from churn_dash.measures.tag import thresholds
from churn_dash.store import month_end
from churn_dash.ui import cache, session
from churn_dash.ui.filtering import clicks
from churn_dash.ui.parts import controls, list_words
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.tiles import Tile
from churn_dash.ui.parts.values import CODES
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Count, Money, Month, Ratio, Text, _, say

_MOST = 1_000
_LEFT = _("Left")
_RULED = _(
    "Tiers in force by the rule, worked out from month-average balances. Counted is who stands lower at the end of the period; churn by "
    "tier downgrade counts every fall in it, also of those who rose first."
)
_MOVES = {"down": _("Downgraded"), LOST: _("Left"), "stay": _("Stayed in their tier"), "up": _("Upgraded")}
_WATCH = (
    "customer_id", "falls_on", "to_bring", "own_tier", "falls_to", "owner", "months_left", "average", "threshold", "gap",
    "months_on_watch", "last_chance", "notice", "balance", "branch_id", "last_contact", "contacts", "capped", "no_marketing",
)  # fmt: skip


def ruled(question: PageQuestion) -> Text:
    """What tiers are here: by which averages, and from which thresholds of the settings in force."""
    own = question.ds.settings.tier_down
    words = _("Tiers begin at: {tiers}.") if own.divisor == "days" else _("Tiers begin at: {tiers}; averages over 30 days.")
    return Text(_("{one} {more}"), one=_RULED, more=Text(words, tiers=thresholds(own.floors)))


def rule_control(question: PageQuestion) -> str:
    """Choose whose rule moves the customers; by default the one of the bank's settings."""
    usual = rule_of(question.ds, None)
    return controls.choice(
        session.say(_("Tier rule")),
        list(TIER_RULES),
        key="rule",
        words=lambda name: session.say(TIER_RULES[name].label),
        default=usual,
        kind="segments",
    )


def money_control() -> bool:
    """Choose whether customers are counted or their balances; True for balances."""
    spoken = {"heads": _("Customers"), "money": _("Balances")}
    code = controls.choice(session.say(_("Counted in")), list(spoken), key="by", words=lambda c: session.say(spoken[c]), kind="segments")
    return code == "money"


def told(question: PageQuestion) -> bool:
    """Whether the data tell tiers: month-average balances, month by month."""
    return followed(question.ds)


def asked_for(question: PageQuestion) -> tuple[object, ...]:
    """What a question asks for, as the key of what is remembered."""
    return question.filters.where, str(question.period), question.definition


def moved(question: PageQuestion, rule: str) -> Migration:
    """Who moved in the period."""
    return cache.worked_out(
        question.ds, question.scope, lambda *_a: measured(question, rule), *asked_for(question), rule, name="tier-migration"
    )


def among_stayers(question: PageQuestion) -> PageQuestion:
    """The question by a definition under which a downgrade is no departure: whoever fell a tier is still a customer."""
    return question.by_definition(leaving(question.ds, question.definition))


def watch(question: PageQuestion, rule: str) -> CareList:
    """Who is on watch at the end of the period."""
    q = among_stayers(question)
    return cache.worked_out(q.ds, q.scope, lambda *_a: _watch(q, rule), *asked_for(q), rule, name="tier-watch")


def _watch(question: PageQuestion, rule: str) -> CareList:
    day = month_end(question.period.end) if question.period is not None else None
    one = care_list(question, "near_downgrade", day, rule=rule)
    return dataclasses.replace(one, rows=one.rows.filter("on_watch"))


def _in_words(rows: pl.DataFrame, language: str) -> pl.DataFrame:
    """The rows of the watch list in the reader's language, each with the notice to send."""
    words = {code: say(word, language) for code, word in CODES["tier"].items()}
    told = [say(text, language) if (text := notice(row, words)) is not None else None for row in rows.iter_rows(named=True)]
    noticed = rows.with_columns(pl.Series("notice", told, dtype=pl.String))
    return list_words.spoken(noticed.select(c for c in _WATCH if c in noticed.columns), language)


def answer(found: Migration, watched: CareList) -> Text:
    """The page's sentence: how many were downgraded, and how many are on watch."""
    share = found.share("down")
    if share.value is None:
        return Text(_("Nobody above the lowest tier matches these filters."))
    if share.n < TOO_FEW:
        return Text(
            _("{k} of {all} customers above the lowest tier were downgraded; {n} are on watch"),
            k=Count(share.k),
            all=Count(share.n),
            n=Count(watched.n),
        )
    return Text(
        _("{share} of customers above the lowest tier were downgraded; {n} are on watch"), share=Ratio(share.value), n=Count(watched.n)
    )


def tiles(found: Migration, watched: CareList, money: bool) -> list[Tile]:
    """The partition, in customers or their balances, and what would bring the watched back."""
    shown = [_share_tile(found, move, money) for move in MOVES if move != "stay"]
    shown.insert(1, _share_tile(found, "down", money, stayers=True))
    two = session.say(Text(_("{n} fell by two tiers or more"), n=Count(found.fallen_two)))
    short = float(watched.rows["to_bring"].sum() or 0.0)
    shown[0] = dataclasses.replace(shown[0], help=two)
    note = session.say(Text(_("{amount} would bring them back"), amount=Money(short))) if short else ""
    return [*shown, Tile(_("On watch"), session.look().show(watched.n, "count"), note=note)]


def _share_tile(found: Migration, move: str, money: bool, stayers: bool = False) -> Tile:
    label = _("Of those staying") if stayers else _MOVES[move]
    heads, share = found.share(move, stayers=stayers), found.share(move, money=money, stayers=stayers)
    if heads.n < TOO_FEW:
        words = Text(_("{k} of {n}"), k=Count(heads.k), n=Count(heads.n))
        return Tile(label, session.say(words) if heads.n else "—", note=session.say(_("too few for a rate")))
    return Tile(label, session.look().show(share.value, "ratio"), note=_range(share.interval))


def _range(interval: object) -> str:
    low, high = getattr(interval, "low", None), getattr(interval, "high", None)
    return session.say(Text(_("95% range {low} to {high}"), low=Ratio(low), high=Ratio(high))) if low is not None else ""


def _words(tier: str) -> str:
    return session.say(_LEFT if tier == LOST else CODES["tier"][tier])


def flows(found: Migration, money: bool) -> list[Stream]:
    """Every pair of tiers, the highest first."""
    column = "balance_share" if money else "share"
    rows = found.matrix.to_dicts()
    return [Stream(_words(r["start"]), _words(r["end"]), r[column], r["n"], r["move"]) for r in rows]


def matrix_chart(found: Migration, money: bool) -> Chart:
    """The matrix of start and end tiers."""
    starts = [_words(t) for t in reversed(found.names) if t in found.matrix["start"]]
    ends = [_words(t) for t in (*reversed(found.names), LOST)]
    return cache.chart(migration, flows(found, money), starts, ends, look=session.look(), what=session.say(_("Moves between tiers")))


def matrix_levels(found: Migration) -> list[list[dict[str, str] | None]]:
    """What a click on each cell of the matrix means; nothing where nobody moved so."""
    some = set(found.matrix.filter(pl.col("n") > 0).select("start", "end").rows())
    ends = (*reversed(found.names), LOST)
    starts = [t for t in reversed(found.names) if t in found.matrix["start"]]
    return [clicks.of_split("tier_move", [f"{s}>{e}" if (s, e) in some else None for e in ends], found.rule) for s in starts]


def streams_chart(found: Migration, money: bool, chosen: int | None = None) -> Chart:
    """The same as streams; the ``chosen`` row of the matrix has an edge."""
    groups = [_words(t) for t in (*reversed(found.names), LOST)]
    amounts = found.matrix["balance"].to_list() if money else None
    unit = "money" if money else "count"
    what = session.say(_("Moves between tiers"))
    return cache.chart(sankey, flows(found, money), groups, unit=unit, look=session.look(), what=what, amounts=amounts, chosen=chosen)


def streams_picture(question: PageQuestion, found: Migration, money: bool, as_table: bool) -> None:
    """The streams on the page: a click on one means what its cell of the matrix means."""
    groups = [_words(t) for t in (*reversed(found.names), LOST)]
    amounts = found.matrix["balance"].to_list() if money else None
    marks = stream_marks(flows(found, money), groups, unit="money" if money else "count", look=session.look(), amounts=amounts)
    cells = [f"{s}>{e}" for s, e in found.matrix.select("start", "end").iter_rows()]
    levels = clicks.of_split("tier_move", cells, found.rule)
    chart = streams_chart(found, money, clicks.chosen(question.ds, "tier_move", levels))
    places, at = [(x, y, words) for x, y, words, _i in marks], [levels[i] for *_place, i in marks]
    clicks.points(question.ds, "tier_move", chart, places, at, as_table, "streams", notes(question, found), ring=False)


def matrix_title(found: Migration, money: bool) -> Text:
    """The finding of the matrix: the tier of which at least so many fell that chance makes no smaller one look worse, beside all."""
    rows = [(t, found.share("down", t, money)) for t in found.names[1:]]
    known = [(t, s) for t, s in rows if s.value is not None and found.share("down", t).n >= TOO_FEW]
    if not known:
        return Text(_("From which tier to which"))
    tier, share = max(known, key=lambda pair: (_surely(pair[1]), pair[1].value or 0.0))
    named = {"tier": CODES["tier"][tier], "share": Ratio(share.value), "bank": Ratio(found.share("down", money=money).value)}
    if money:
        return Text(_("{tier}: {share} of balances fell to a lower tier, {bank} of all"), **named)
    return Text(_("{tier}: {share} of {n} fell to a lower tier, {bank} of all"), n=Count(int(share.n)), **named)


def _surely(share: Share) -> float:
    """At least how large a share is: the lower end of its range."""
    return (share.interval.low if share.interval is not None else None) or 0.0


def streams_title(found: Migration, money: bool) -> Text:
    """The finding of the streams: down against up."""
    down, up = found.share("down", money=money), found.share("up", money=money)
    show = Money if money else Count
    return Text(_("{down} went down, {up} went up"), down=show(down.k), up=show(up.k))


def caption(question: PageQuestion, found: Migration) -> Text:
    """Under the matrix: between when, by which rule, and who is left out."""
    values = {"start": Month(found.period.start), "end": Month(found.period.end), "rule": TIER_RULES[found.rule].label}
    if found.unknown:
        return Text(
            _("Share of each tier before {start} by tier in {end}, % · rule of {rule} · {n} customers without a known tier left out"),
            n=Count(found.unknown),
            **values,
        )
    return Text(_("Share of each tier before {start} by tier in {end}, % · rule of {rule}"), **values)


def notes(question: PageQuestion, found: Migration) -> list[str]:
    """Under the streams: by what customers have left where the chosen definition is the downgrade itself, and by which rule every
    other page tells tiers, where that is another."""
    said = []
    if found.definition != question.definition:
        label = question.ds.rules[found.definition].label
        said.append(Text(_("Who left is told by {definition}: a downgrade is no departure here."), definition=label))
    own = question.ds.settings.tier_down
    if own.rule != found.rule:
        said.append(Text(_("Every other page tells tiers by the rule in force, that of {bank}."), bank=own.applied.label))
    elif own.applied.months != TIER_RULES[own.rule].months:
        said.append(Text(_("With the {n} months of grace of the official settings."), n=own.applied.months))
    return [session.say(text) for text in said]


def matrix_table(found: Migration) -> Table:
    """The matrix as rows."""
    words = {t: _words(t) for t in (*found.names, LOST)}
    moves = {move: session.say(word) for move, word in _MOVES.items()}
    rows = found.matrix.with_columns(pl.col("start", "end").replace(words), pl.col("move").replace(moves))
    labels = {
        "start": _("Tier before"),
        "end": _("Tier after"),
        "move": _("Direction of move"),
        "n": _("Customers"),
        "share": _("Share of the tier"),
        "balance": _("Balances, ¥"),
        "balance_share": _("Share of its balances"),
    }
    units = {"n": "count", "share": "ratio", "balance": "money", "balance_share": "ratio"}
    how = session.say(
        _(
            "Of the customers of a tier at the start of the period: those in each tier at its end by the rule, and those who left in it. "
            "Downgraded, left, stayed and upgraded add up to 100% of who started above the lowest tier."
        )
    )
    return Table(rows, "tier-migration", labels, units, how=how)


def watch_table(one: CareList) -> Table:
    """Who is on watch: who can be kept and falls soonest first, who falls next month whatever happens after them."""
    language = session.language()
    # Hundreds of thousands may be on watch: the notices of those beyond the first are written when somebody downloads them.
    rows = cache.kept_with(one, f"watch list {language}", lambda: _in_words(one.rows.head(_MOST), language))
    whole = partial(_in_words, one.rows, language)
    labels, units = {c: COLUMNS[c].label for c in rows.columns}, {c: COLUMNS[c].unit for c in rows.columns}
    return Table(rows, f"tier-watch-{one.day.isoformat()}", labels, units, is_list=True, only=True, whole=whole)


def watch_title(one: CareList) -> Text:
    """The finding of the watch list: who falls next month."""
    if not one.n:
        return Text(_("Nobody is on watch"))
    falls = one.rows.filter(pl.col("months_left") == 0).height
    if falls:
        return Text(_("{falls} of {n} on watch fall next month; the others can still be kept"), falls=Count(falls), n=Count(one.n))
    return Text(_("{n} customers are on watch"), n=Count(one.n))
