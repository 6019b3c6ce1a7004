"""Headers to columns of the contract, by name, Chinese header or alias; what is left becomes an attribute."""

from collections.abc import Mapping, Sequence

from churn_dash.contract import TABLES
from churn_dash.intake.mapping.asked import found, said, unknown_fields, unknown_headers
from churn_dash.intake.mapping.fields import FIELDS, Guess, fields, guess, plain
from churn_dash.intake.source import Match, Options
from churn_dash.intake.values.units import foreign, reason, unit_of
from churn_dash.words import Text, _

__all__ = ["FIELDS", "fields", "found", "matches", "plain", "unknown_fields", "unknown_headers"]


def matches(header: Sequence[str], table: str, options: Options) -> tuple[Match, ...]:
    """What each header is taken for in a file of this table; one for each header, in their order.

    What the person said comes first; then the surest header of each column; the rest are attributes.
    Raises NotFound where the person names a column that the table does not have, BadInput where two are named the same.
    """
    named = said(header, table, options)
    taken = {f for f in named.values() if f}
    best: dict[str, tuple[float, str]] = {}
    guesses: dict[str, Guess | None] = {}
    for title in header:
        if title in named:
            continue
        known = guesses[title] = guess(title, table)
        if known and known.field not in taken and known.confidence > best.get(known.field, (0.0, ""))[0]:
            best[known.field] = (known.confidence, title)
    return tuple(_named(title, table, named[title]) if title in named else _match(title, table, guesses[title], best) for title in header)


def _named(title: str, table: str, field: str | None) -> Match:
    if field is None:
        return Match(title, None, table, 1.0, Text(_("A column of its own, as asked")))
    if not field:
        return Match(title, "", table, 1.0, Text(_("Left out, as asked")))
    home = next(t for t in FIELDS.get(table, (table,)) if field in TABLES[t].columns)
    unit = unit_of(title)
    about = TABLES[home].columns[field].metadata or {}
    factor = unit[1].factor if unit and unit[1].fits(about["unit"]) else 1.0
    return Match(title, field, home, 1.0, Text(_("Named by you")), factor)


def _match(title: str, table: str, known: Guess | None, best: Mapping[str, tuple[float, str]]) -> Match:
    if known is None:
        if currency := foreign(title):
            return Match(title, None, table, 0.0, Text(_("Amounts in {currency}, not in yuan: an attribute of its own"), currency=currency))
        return Match(title, None, table, 0.0, Text(_("Not in the contract: an attribute of its own")))
    if best.get(known.field, (0.0, ""))[1] != title:
        told = _("Another column is {field} already: an attribute of its own")
        return Match(title, None, table, 0.0, Text(told, field=known.field))
    if known.unit is not None and known.unit.factor != 1:
        return Match(title, known.field, known.table, known.confidence, reason(known.unit), known.unit.factor)
    why = Text(_("Same name")) if known.confidence == 1 else Text(_("Known header"))
    return Match(title, known.field, known.table, known.confidence, why)
