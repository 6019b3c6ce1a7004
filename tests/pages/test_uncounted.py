"""Lists from which rows are missing at random: what the pages say agrees with the total."""

import datetime
import random

import polars as pl
from typer.testing import CliRunner

from churn_dash.cli import app
from churn_dash.intake.typed import extract_of
from churn_dash.store import Workspace, publish
from tests.pages.reading import answer, opened, words


def test_an_absence_from_the_last_list_is_in_neither_total_nor_sentence_and_counted(tmp_path, looking_at):
    chance = random.Random(3)
    months = [datetime.date(2024, m, 1) for m in range(1, 9)]
    rows = [
        {"customer_id": f"c{i}", "month": m, "aum_end": 100.0, "txn_count": 1}
        for i in range(300)
        for k, m in enumerate(months)
        if k == 0 or chance.random() > 0.24
    ]
    workspace = Workspace.create(tmp_path / "w")
    publish(workspace, extract_of({"customer_month": pl.DataFrame(rows)}, "made"))
    n = workspace.dataset().not_counted
    assert n > 30
    looking_at(tmp_path / "w")
    for page, said in (("overview", "of customers left"), ("trends", "Churn was highest in Jul 2024")):
        at = opened(page)
        assert not at.exception and said in answer(at)
        assert f"{n} missing from the last list alone are not counted before 2024-09-30" in words(at)
        assert page != "overview" or "left in Jul 2024" in words(at)
        assert page != "trends" or "hatched: settles on 2024-09-30, likely at " in words(at)
    told = CliRunner().invoke(app, ["measure", "churn_rate", "--by", "month", "--workspace", str(tmp_path / "w")])
    *_months, last, sentence, counted = told.stdout.splitlines()
    assert last.startswith("2024-08  churn_rate — n=")
    assert counted.startswith(f"{n} absences are not counted")
    assert sentence.startswith("churn_rate 2024-08: settles on 2024-09-30, likely at ")
