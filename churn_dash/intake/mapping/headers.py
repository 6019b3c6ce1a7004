"""Headers to columns of the contract, by name, Chinese header or alias; what is left becomes an attribute."""

import functools
import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from churn_dash.contract import TABLES
from churn_dash.errors import BadInput, NotFound
from churn_dash.intake.source import Match, Options
from churn_dash.words import Text, _, nearest

_UNITS = {
    "元": 1.0,
    "人民币": 1.0,
    "人民币元": 1.0,
    "rmb": 1.0,
    "cny": 1.0,
    "万元": 1e4,
    "万": 1e4,
    "百万元": 1e6,
    "亿元": 1e8,
    "亿": 1e8,
    "千元": 1e3,
    "笔": 1.0,
    "次": 1.0,
    "个": 1.0,
}
_UNIT = re.compile(r"^(.*?)[(\[]([^()\[\]]+)[)\]]$")
_LONGEST = 48

FIELDS = {
    "customer_month": ("customer_month", "customers"),
    "cross_section": ("cross_section", "customers"),
}
"""Tables whose files may also hold columns of another table."""


def plain(header: str) -> str:
    """A header without case, spaces, underscores, hyphens and full-width forms, for comparing.

    >>> plain("Customer ID") == plain("ｃｕｓｔｏｍｅｒ＿ｉｄ") == plain("customer-id")
    True
    """
    return re.sub(r"[\s_\-.·:'\"]+", "", unicodedata.normalize("NFKC", header).casefold())


@functools.cache
def _known(table: str) -> dict[str, tuple[str, str, float]]:
    """Plain header → column, its table, and confidence; the first table named wins."""
    found: dict[str, tuple[str, str, float]] = {}
    for name in FIELDS.get(table, (table,)):
        for column in TABLES[name].columns:
            english, chinese, *others = TABLES[name].aliases(column)
            for alias, confidence in ((english, 1.0), (chinese, 1.0), *((o, 0.9) for o in others)):
                if alias:
                    found.setdefault(plain(alias), (column, name, confidence))
    return found


def knows(header: str) -> bool:
    """Whether some table of the contract has a column of this name.

    >>> knows("月末资产"), knows("资产")
    (True, False)
    """
    return any(plain(header) in _known(table) for table in TABLES)


def fields(table: str) -> tuple[str, ...]:
    """The columns of the contract that a file of this table may hold.

    >>> "gender" in fields("cross_section"), "gender" in fields("accounts")
    (True, False)
    """
    return tuple(dict.fromkeys(c for name in FIELDS.get(table, (table,)) for c in TABLES[name].columns))


def matches(header: Sequence[str], table: str, options: Options) -> tuple[Match, ...]:
    """What each header is taken for in a file of this table; one for each header, in their order.

    What the person said comes first; then the surest header of each column; the rest are attributes.
    Raises NotFound where the person names a column that the table does not have, BadInput where two are named the same.
    """
    said = _said(header, table, options)
    taken = {f for f in said.values() if f}
    best: dict[str, tuple[float, str]] = {}
    guesses = {}
    for title in header:
        if title in said:
            continue
        guess = guesses[title] = _guess(title, table)
        if guess and guess[0] not in taken and guess[2] > best.get(guess[0], (0.0, ""))[0]:
            best[guess[0]] = (guess[2], title)
    return tuple(_match(title, table, said, guesses.get(title), best) for title in header)


def _match(
    title: str,
    table: str,
    said: Mapping[str, str | None],
    guess: tuple[str, str, float, float] | None,
    best: Mapping[str, tuple[float, str]],
) -> Match:
    if title in said:
        field = said[title]
        if field is None:
            return Match(title, None, table, 1.0, Text(_("A column of its own, as asked")))
        if not field:
            return Match(title, "", table, 1.0, Text(_("Left out, as asked")))
        return Match(title, field, _home(table, field), 1.0, Text(_("Named by you")), _factor(title)[1])
    if guess is None:
        return Match(title, None, table, 0.0, Text(_("Not in the contract: an attribute of its own")))
    field, home, confidence, factor = guess
    if best.get(field, (0.0, ""))[1] != title:
        return Match(title, None, table, 0.0, Text(_("Another column is {field} already: an attribute of its own"), field=field))
    if factor != 1:
        return Match(title, field, home, confidence, Text(_("Known header, in units of {unit}"), unit=f"{factor:,.0f}"), factor)
    reason = Text(_("Same name")) if confidence == 1 else Text(_("Known header"))
    return Match(title, field, home, confidence, reason)


def _home(table: str, field: str) -> str:
    return next(t for t in FIELDS.get(table, (table,)) if field in TABLES[t].columns)


def _factor(title: str) -> tuple[str, float]:
    """The header without its unit, and what numbers under it are multiplied by."""
    found = _UNIT.match(unicodedata.normalize("NFKC", title).strip())
    unit = found[2].strip().casefold() if found else ""
    return (found[1], _UNITS[unit]) if found and unit in _UNITS else (title, 1.0)


def _guess(title: str, table: str) -> tuple[str, str, float, float] | None:
    known = _known(table)
    if plain(title) in known:
        return (*known[plain(title)], 1.0)
    bare, factor = _factor(title)
    if bare == title or plain(bare) not in known:
        return None
    field, home, confidence = known[plain(bare)]
    about = TABLES[home].columns[field].metadata or {}
    if factor != 1 and about["unit"] != "CNY":
        return None
    return field, home, confidence * 0.95, factor


def _said(header: Sequence[str], table: str, options: Options) -> dict[str, str | None]:
    said: dict[str, str | None] = {}
    for asked, field in _asked(options).items():
        title = found(asked, header)
        if title is None:
            continue
        if field and field not in fields(table):
            raise NotFound(
                _("There is no column {field} in {table}. Did you mean {near}? It has {known}."),
                field=field,
                table=table,
                near=nearest(field, fields(table)) or fields(table)[0],
                known=", ".join(fields(table)),
            )
        if field and field in said.values():
            other = next(t for t, f in said.items() if f == field)
            raise BadInput(_("{column} and {other} cannot both be {field}. Name one of them."), column=title, other=other, field=field)
        said[title] = field
    return said


def _asked(options: Options) -> dict[str, str | None]:
    own: dict[str, str | None] = {} if options.id_column is None else {options.id_column: "customer_id"}
    return {**options.mapping, **own}


def found(asked: str, header: Iterable[str]) -> str | None:
    """The header that the person means: the same one, else the same but for case, spaces and underscores."""
    titles = list(header)
    return asked if asked in titles else next((t for t in titles if plain(t) == plain(asked)), None)


def unknown_headers(headers: Iterable[str], options: Options) -> None:
    """Raise NotFound when the person names a header that no file has."""
    titles = list(headers)
    for asked in _asked(options):
        if found(asked, titles) is None:
            raise NotFound(
                _("No file has a column {column}. Did you mean {near}?"), column=asked, near=nearest(asked, titles) or ", ".join(titles[:8])
            )


def unknown_fields(known: Iterable[frozenset[str]], options: Options) -> None:
    """Raise NotFound when the person names a column that the contract lacks, or that fits no table among the files."""
    there = frozenset().union(*known)
    every = {c for t in TABLES for c in fields(t)}
    for asked, field in _asked(options).items():
        if field and field not in every:
            raise NotFound(
                _("There is no column {field} in the contract. Did you mean {near}?"),
                field=field,
                near=nearest(field, every) or "customer_id",
            )
        if field and field not in there:
            raise NotFound(_("{column} cannot be {field}: the file is a table without such a column."), column=asked, field=field)


def physical_names(labels: Iterable[str]) -> dict[str, str]:
    """A safe column name for each label, the same at every load; unique among them.

    >>> physical_names(["Geography", "geography ", "年龄"])
    {'Geography': 'x_geography', 'geography ': 'x_geography_2', '年龄': 'x_c_9ee831fc'}
    """
    names: dict[str, str] = {}
    taken: set[str] = set()
    for label in labels:
        stem = _stem(label)
        name, n = stem, 1
        while name in taken:
            n += 1
            name = f"{stem}_{n}"
        taken.add(name)
        names[label] = name
    return names


def _stem(label: str) -> str:
    normal = unicodedata.normalize("NFKC", label).strip().casefold()
    digest = hashlib.sha256(normal.encode()).hexdigest()[:8]
    slug = re.sub(r"[^a-z0-9]+", "_", normal).strip("_")
    if not slug or not normal.isascii():
        return f"x_c_{digest}"
    return f"x_{slug}" if len(slug) <= _LONGEST else f"x_{slug[:_LONGEST]}_{digest}"
