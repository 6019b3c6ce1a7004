"""The customers of a cell on the command line are those that the page lists."""

import pathlib
from functools import partial

import pytest

from churn_dash import behind
from churn_dash.measures import Filters
from tests.asking import asked

PAGE = (pathlib.Path(__file__).resolve().parents[2] / "docs" / "CLI.md").read_text()


@pytest.fixture
def run(answer, bank_workspace):
    return partial(answer, "behind", workspace=bank_workspace.root)


def test_every_split_is_listed_and_documented(run):
    names = [s["split"] for s in run()["splits"]]
    assert names == list(behind.SPLITS)
    assert all(f"`{name}`" in PAGE for name in names)


def test_a_cell_gives_the_customers_of_the_page(run, bank_data):
    got = run("service")
    assert [(c["cell"], c["n"]) for c in got["cells"]] == [
        (c["cell"], c["n"]) for c in behind.cells(behind.people(asked(bank_data), "service"))
    ]
    rows = run("service", "middle", "--where", "tier=gold")
    wanted = behind.customers(asked(bank_data, filters=Filters((("tier", ("gold",)),))), "service", "middle")
    assert [r["customer_id"] for r in rows["rows"]] == wanted["customer_id"].to_list() and rows["n"] == wanted.height
    assert {"split", "how", "cell", "n", "rows", "definition_tag"} <= set(rows)


def test_what_is_unknown_is_refused_in_a_sentence(run):
    assert "the nearest is service" in run("servce", code=1)
    assert "Nobody is in" in run("service", "nobody", code=1)
