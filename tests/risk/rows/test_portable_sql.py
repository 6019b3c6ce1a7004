"""The features' SQL stays in what DuckDB and Spark read alike. PLATFORM 1.2."""

import datetime

import pytest
import sqlglot

from churn_dash.risk.features.feature import Feature, Source
from churn_dash.risk.features.panel import PANEL_FEATURES
from churn_dash.risk.features.readings import reading
from churn_dash.risk.features.score_dates import together, written
from churn_dash.risk.rows.snapshot import query

OWN = Feature("x_seen", "Last seen", "customer", "x_seen", "months", Source("months_ago", "x_seen"))
BY_TABLE: dict[str, list] = {}
for f in (*PANEL_FEATURES, OWN):
    r = reading(f, {"months": {"education"}})
    BY_TABLE.setdefault(r.table, []).append((f, r))
BANNED = (
    "date_diff",
    "datediff",
    "dayofweek",
    "strftime",
    "arg_max",
    "string_agg",
    "list_",
    "quantile_cont",
    "//",
    "lambda",
    "ilike",
    "varchar",
)


DAY = datetime.date(2024, 2, 29)


@pytest.mark.parametrize("at", [written(DAY), together([DAY])[0]], ids=["one day", "several days"])
@pytest.mark.parametrize("table", BY_TABLE)
def test_features_are_read_with_sql_that_both_engines_read(table, at) -> None:
    sql = query(table, BY_TABLE[table], at, 12).replace('"', "")
    assert not [word for word in BANNED if word in sql.lower()]
    for dialect in ("duckdb", "spark"):
        tree = sqlglot.parse_one(sql, read=dialect)
        for division in tree.find_all(sqlglot.exp.Div):
            assert "nullif" in division.expression.sql().lower()
        for number in tree.find_all(sqlglot.exp.Literal):
            assert number.is_string or "." not in number.this or isinstance(number.parent, sqlglot.exp.Cast)
        for ordered in tree.find_all(sqlglot.exp.Ordered):
            assert "nulls" in ordered.sql(dialect="duckdb").lower() or ordered.args.get("nulls_first") is not None
