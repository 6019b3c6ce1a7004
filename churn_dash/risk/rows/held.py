"""The tables that features are read from, held in one connection of their own: what is there, and what of it is filled."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import duckdb
import polars as pl

from churn_dash.contract import TABLES
from churn_dash.risk.features.feature import Feature
from churn_dash.risk.features.known import KNOWN, PREFIX, TODAY
from churn_dash.risk.features.readings import lacking, reading

_READ: dict[str, pl.DataType] = {"VARCHAR": pl.String(), "DOUBLE": pl.Float64(), "DATE": pl.Date(), "BOOLEAN": pl.Boolean()}
_TYPES = {pl.String: "STRING", pl.Boolean: "BOOLEAN", pl.Date: "DATE", pl.Int64: "BIGINT", pl.Float64: "DOUBLE"}


@dataclass
class Held:
    """A connection with a table ``known_<name>`` for each that a bank brought. ``columns``: those it brought; ``filled``: those of
    them that hold something."""

    con: duckdb.DuckDBPyConnection
    columns: dict[str, frozenset[str]] = field(default_factory=dict)
    filled: dict[str, frozenset[str]] = field(default_factory=dict)
    few: bool = False
    """Whether it holds few customers, so that the text of a question takes longer than its answer."""

    def ask(self, sql: str) -> pl.DataFrame:
        """What a query gives."""
        if self.few:
            # A relation reads the text twice, once to learn its columns.
            asked = self.con.execute(sql)
            kinds = [(str(d[0]), str(d[1])) for d in asked.description or ()]
            if all(kind in _READ for _name, kind in kinds):
                return pl.DataFrame(asked.fetchall(), schema={name: _READ[kind] for name, kind in kinds}, orient="row")
        found = self.con.sql(sql).pl()
        assert isinstance(found, pl.DataFrame)
        return found

    @classmethod
    def of(cls, tables: Mapping[str, pl.DataFrame]) -> "Held":
        """Frames by name, held in memory."""
        held = cls(duckdb.connect())
        for name, frame in tables.items():
            held.put(name, frame)
        return held

    def alone(self) -> "Held":
        """The same tables in a database of one thread: of few rows quicker, and a sum adds them in the same order each time."""
        other = Held(duckdb.connect(config={"threads": 1}), dict(self.columns), dict(self.filled))
        for name in self.columns:
            other.con.register("incoming", self.con.sql(f"from {PREFIX}{name}").to_arrow_table())
            other.con.execute(f"create temp table {PREFIX}{name} as from incoming")
            other.con.unregister("incoming")
        return other

    def put(self, name: str, frame: pl.DataFrame) -> None:
        """Hold a frame. Columns that features look at where they are given, and that it lacks, are empty."""
        self.con.register("incoming", frame.to_arrow())
        self.make(name, "select * from incoming", frame.columns)
        self.con.unregister("incoming")

    def make(self, name: str, sql: str, columns: Sequence[str], bound: Sequence[object] = ()) -> None:
        """Hold what a query gives; ``columns`` are its columns."""
        empty = "".join(f", CAST(NULL AS {kind}) as {c}" for c, kind in _empty(name, columns).items())
        self.con.execute(f"create or replace temp table {PREFIX}{name} as select q.*{empty} from ({sql}) q", list(bound))
        counts = ", ".join(f'count("{c}")' for c in columns)
        found = self.con.execute(f"select {counts} from {PREFIX}{name}").fetchall()[0]
        self.columns[name] = frozenset(columns)
        self.filled[name] = frozenset(c for c, n in zip(columns, found, strict=True) if n)

    def available(self, features: Sequence[Feature]) -> tuple[Feature, ...]:
        """Those of the features whose table and columns are here and hold something."""
        held = {name: columns for name, columns in self.filled.items() if columns}
        if "joined" in self.columns:
            held["joined"] = self.columns["joined"]
        return tuple(f for f in features if not lacking(f, held))

    def lacking(self, features: Sequence[Feature]) -> list[str]:
        """Tables, and columns as ``table.column``, that these features need and that are not here."""
        return list(dict.fromkeys(x for f in features for x in lacking(f, self.columns)))


def _empty(name: str, columns: Collection[str]) -> dict[str, str]:
    """Columns of a table that features may look at and that are not given, with their types."""
    if name == TODAY or name not in KNOWN:
        return {}
    known = KNOWN[name]
    schema = {c: t.dtype for c, t in TABLES[name].columns.items()} if name in TABLES else {}
    schema |= {"accepted": pl.Boolean(), "end_date": pl.Date(), "available_ts": pl.Date()} if name not in TABLES else {}
    wanted = [*known.days, known.arrived, known.order, *_looked_at(name)]
    return {c: _TYPES[type(schema.get(c, pl.String()))] for c in dict.fromkeys(wanted) if c and c not in columns}


def _looked_at(name: str) -> list[str]:
    from churn_dash.risk.features.panel import PANEL_FEATURES

    return [c for f in PANEL_FEATURES if (r := reading(f, {})).table == name for c in r.uses] + (
        ["resolved_at"] if name == "complaints" else []
    )
