"""One published version, to be read."""

import datetime
import functools
import pathlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import duckdb
import polars as pl

from churn_dash.contract.attributes import Attribute
from churn_dash.contract.calendar import month_end
from churn_dash.contract.definitions import ChurnDefinition, Settings, with_settings
from churn_dash.errors import WorkspaceProblem
from churn_dash.marks import _
from churn_dash.store import connections
from churn_dash.store.catalogue import Version
from churn_dash.store.derive import derived
from churn_dash.store.derive.dimensions import Dimension
from churn_dash.store.derive.forms import Lacking
from churn_dash.store.derive.listing import listing
from churn_dash.store.draws import draws
from churn_dash.store.looks import Look, looks
from churn_dash.store.official import mark, official, settings_of
from churn_dash.store.versions.frames import Frames
from churn_dash.store.versions.tables import Tables
from churn_dash.words import Text


def derived_name(info: Version, settings: Settings) -> str:
    """The name of the derived file of a version under the settings of its definitions. What an older recipe made is not read:
    another is built beside it.

    A version that was published by this Churn Dash has the file that was built when it was loaded.
    """
    stem = info.derived if info.recipe == derived.RECIPE else f"{info.derived}-{derived.RECIPE}"
    return f"{stem}{mark(settings)}.duckdb"


class Dataset:
    """The tables of one version and what is derived from them. Cheap to make; reads are lazy."""

    def __init__(self, root: pathlib.Path, info: Version, settings: Settings | None = None) -> None:
        self.root = root
        self.official = official(root)
        self.draws = draws(root)
        found = settings_of(root)
        self.settings = replace(settings, decided=found.decided) if settings is not None else found
        self.info = info
        self.version = info.version
        self.state = info.state
        self.attributes: tuple[Attribute, ...] = info.attributes
        self._path = root / "derived" / derived_name(info, self.settings)

    def __repr__(self) -> str:
        return f"Dataset({self.root}, version {self.version})"

    def looks(self, campaign_id: str) -> tuple[Look, ...]:
        """The looks taken at a campaign before its end, in their order."""
        return looks(self.root, campaign_id)

    def table(self, name: str) -> pl.DataFrame | None:
        """A table of the contract as published; None where the bank brought none."""
        return self._tables.read(name, self.info.tables[name]) if name in self.info.tables else None

    def columns_of(self, name: str) -> frozenset[str]:
        """The columns of a table as published; none where the bank brought no such table."""
        if name not in self.info.tables:
            return frozenset()
        if name not in self._columns:
            self._columns[name] = frozenset(self._tables.schema(name, self.info.tables[name]))
        return self._columns[name]

    @functools.cached_property
    def _tables(self) -> Tables:
        """Kept, so that the log of each table is read once."""
        return Tables(self.root)

    @functools.cached_property
    def _columns(self) -> dict[str, frozenset[str]]:
        return {}

    def columns(self, name: str, *wanted: str) -> pl.DataFrame | None:
        """Some columns of a table as published, in no order; None where the bank brought no such table or lacks one of them."""
        found = self._tables.columns(name, self.info.tables[name], wanted) if name in self.info.tables else None
        return found if found is not None and set(wanted) <= set(found.columns) else None

    def scan(self, name: str) -> pl.LazyFrame | None:
        """The same table to pick columns and rows of; None where the bank brought none."""
        return self._tables.scan(name, self.info.tables[name]) if name in self.info.tables else None

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A fresh read-only cursor on the derived file, which is built anew where it is missing or damaged; drain what you ask."""
        try:
            return connections.cursor(self._path, self.rebuild)
        except (OSError, duckdb.Error) as problem:
            raise WorkspaceProblem(
                _("The derived file of data version {version} cannot be opened: {path}. Run churn-dash doctor."),
                version=self.version,
                path=self._path,
            ) from problem

    @property
    def absences(self) -> bool:
        """Whether a customer who is missing from every later list has left."""
        return self.info.closed in (None, "drop-out")

    def prepared(self, progress: Callable[[Text, float], None] | None = None) -> "Dataset":
        """Itself, with the derived file built, which is told to ``progress``."""
        connections.cursor(self._path, functools.partial(self.rebuild, progress))
        return self

    def rebuild(self, progress: Callable[[Text, float], None] | None = None) -> None:
        """Build the derived file from the published rows. Raises ``WorkspaceProblem`` where they or the disk do not allow it."""
        frames = Frames({name: functools.partial(self._tables.read, name, version) for name, version in self.info.tables.items()})
        try:
            self._path.parent.mkdir(exist_ok=True)
            derived.build(self._path, self.info.shape, frames, self.attributes, progress, self.absences, self.settings)
        except (OSError, duckdb.Error) as problem:
            raise WorkspaceProblem(
                _("The derived file of data version {version} is missing and cannot be built, because {path} cannot be written."),
                version=self.version,
                path=self._path.parent,
            ) from problem

    @functools.cached_property
    def _about(self) -> dict[str, object]:
        return derived.described(self.cursor())

    @property
    def shape(self) -> str:
        """panel, cross_section, or empty."""
        return str(self._about["shape"])

    @functools.cached_property
    def all_months(self) -> tuple[datetime.date, ...]:
        """Every month of the panel, incomplete ones included, ascending."""
        return tuple(datetime.date.fromisoformat(m) for m in self._about["months"])  # type: ignore[attr-defined]

    @functools.cached_property
    def months(self) -> tuple[datetime.date, ...]:
        """Complete months of the panel (first days), ascending; empty for a cross-section."""
        return tuple(datetime.date.fromisoformat(m) for m in self._about["complete"])  # type: ignore[attr-defined]

    @property
    def measurable(self) -> tuple[datetime.date, ...]:
        """Complete months that have a month before them, ascending."""
        return tuple(m for m in self.months if m > self.all_months[0])

    @property
    def data_end(self) -> datetime.date | None:
        """Last day of the last complete month; None for a cross-section."""
        return month_end(self.months[-1]) if self.months else None

    @functools.cached_property
    def definitions(self) -> tuple[str, ...]:
        """Names of the churn definitions that these data can answer."""
        return tuple(self._about["definitions"])  # type: ignore[arg-type]

    @functools.cached_property
    def month_columns(self) -> frozenset[str]:
        """Columns of the month table."""
        return frozenset(str(r[0]) for r in self.cursor().execute("describe month_rows").fetchall())

    @functools.cached_property
    def rules(self) -> dict[str, ChurnDefinition]:
        """Every churn definition by name, with the settings in force."""
        return with_settings(self.settings)

    @property
    def not_counted(self) -> int:
        """Customers missing from the last list alone, not counted as absent yet: most who are missing from one list come back."""
        return int(self._about.get("not_counted", 0))  # type: ignore[call-overload, no-any-return]

    @functools.cached_property
    def lacking(self) -> dict[str, Lacking]:
        """By name the churn definitions that these data cannot answer, and why."""
        found: dict[str, dict[str, Any]] = self._about.get("lacking", {})  # type: ignore[assignment]
        return {name: Lacking(**(why | {"columns": tuple(why["columns"])})) for name, why in found.items()}

    @property
    def flagged(self) -> bool:
        """Whether it is known who has left: of a panel by any form, of a cross-section where its flag is known."""
        return bool(self._about.get("flagged", True))

    @functools.cached_property
    def closings(self) -> bool:
        """Whether closings are told by dates; otherwise who is missing from every later list has closed the account."""
        return "churn_events" in self.info.tables or "close_date" in self.columns_of("accounts")

    @functools.cached_property
    def explained(self) -> bool:
        """Whether the reason of any departure is known."""
        if self.shape != "panel":
            return False
        return bool(self.cursor().execute("select 1 from spell_rows where why <> 'unknown' limit 1").fetchall())

    @functools.cached_property
    def listed(self) -> tuple[str, ...]:
        """What a list without months says beside its customers: near_downgrade, dormant."""
        return tuple(self._about.get("listed", ()))  # type: ignore[arg-type]

    def listing(self) -> pl.DataFrame | None:
        """One row a customer, where the version holds no more than that; None of several months."""
        frames = {name: self.table(name) for name in ("cross_section", "customer_month", "customers")}
        return listing({name: frame for name, frame in frames.items() if frame is not None})

    @property
    def default_definition(self) -> str:
        """The official one where these data can answer it; else ``flag`` where the extract brings one, else ``first``."""
        if self.official is not None and self.official.definition in self.definitions:
            return self.official.definition
        return self.own_definition

    @property
    def own_definition(self) -> str:
        """What numbers are by while nothing is official."""
        return "flag" if "flag" in self.definitions else "first"

    @functools.cached_property
    def dimensions(self) -> tuple[Dimension, ...]:
        """By what these data can be broken down."""
        listed = self._about["dimensions"]
        return tuple(Dimension(**(d | {"values": tuple(d["values"]), "aliases": tuple(d["aliases"])})) for d in listed)  # type: ignore[attr-defined]

    @functools.cached_property
    def cube_columns(self) -> tuple[str, ...]:
        """Dimension columns of the cube; empty where there is no cube."""
        return tuple(self._about.get("cube", ()))  # type: ignore[arg-type]
