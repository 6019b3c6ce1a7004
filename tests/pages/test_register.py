"""The page of the campaigns so far: the steps of the function, the winner's curse, talks, and a lesson written down."""

import shutil

from churn_dash.access import Scope
from churn_dash.campaigns.registered import lessons, so_far
from churn_dash.store import Records, Workspace
from tests.pages.reading import answer, opened, words


def test_the_page_tells_every_campaign_its_step_and_the_curse(bank_folder, looking_at):
    looking_at(bank_folder)
    found = so_far(Workspace.open(bank_folder).dataset(), Scope.everything())
    at = opened("register")
    assert not at.exception and not at.error
    assert answer(at).startswith(f"{len(found.lines)} campaigns so far: widen {found.count('scale')}, go on with {found.count('continue')}")
    table = next(d.value for d in at.dataframe if "step" in d.value.columns)
    assert table["why"].to_list() == [x.advice.why.in_("en") for x in found.lines]
    assert "winner's curse" in words(at)
    assert "association, not effect" in words(at)


def test_a_lesson_is_written_down_and_shown(bank_folder, looking_at, tmp_path):
    root = tmp_path / "bank"
    shutil.copytree(bank_folder, root)
    looking_at(root)
    at = opened("register")
    at.text_area(key="lesson-text").set_value("Call in the morning").run()
    at.text_input(key="lesson-who").set_value("Li").run()
    next(b for b in at.button if b.label == "Write it down").click().run()
    assert not at.exception and "1 lessons so far" in words(at)
    assert [(x.text, x.who) for v in lessons(Records(root)).values() for x in v] == [("Call in the morning", "Li")]
    assert any("Call in the morning" in d.value.to_csv() for d in at.dataframe)


def test_a_draw_that_somebody_declares_counts_in_the_table_and_in_the_register_too_until_it_is_taken_back(
    bank_folder, looking_at, tmp_path
):
    looking_at(shutil.copytree(bank_folder, tmp_path / "bank"))

    def design():
        table = next(d.value for d in opened("register").dataframe if "step" in d.value.columns)
        return dict(zip(table["campaign"], table["design"], strict=True))

    def pressed(at, label):
        next(b for b in at.button if b.label == label).click().run()
        assert not at.exception
        return at

    lines = so_far(Workspace.open(bank_folder).dataset(), Scope.everything()).lines
    name = next(x.entry.name for x in lines if x.entry.campaign_id == "C03a")
    before = design()
    assert before[name] != "drawn at random"
    at = opened("campaigns", campaign="C03a")
    at.text_input(key="draw-who-C03a").set_value("Ann")
    said = words(pressed(at, "Declare"))
    assert "declared after the fact" in said and "by Ann" in said
    after = design()
    assert after[name] == "drawn at random"
    assert {k: v for k, v in after.items() if k != name} == {k: v for k, v in before.items() if k != name}
    assert "declared after the fact" not in words(pressed(opened("campaigns", campaign="C03a"), "Take back"))
    assert design() == before
