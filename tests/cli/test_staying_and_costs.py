"""The verbs survival, costs, assumptions and compare: the keys that docs/CLI.md promises, and the figures of the measures."""

import json
import re
import shutil

import pytest

from churn_dash.measures.comparisons.comparison import comparison
from churn_dash.measures.money.assumptions import in_force
from churn_dash.measures.money.costs import costs
from churn_dash.measures.tenure.silence import silence
from churn_dash.measures.tenure.survival import survival
from churn_dash.measures.tenure.threads import threads
from churn_dash.store import Records, Workspace
from tests.asking import asked
from tests.words.test_catalogue import ROOT


@pytest.fixture
def place(bank_workspace, tmp_path):
    shutil.copytree(bank_workspace.root, tmp_path / "bank")
    return tmp_path / "bank"


def promised(verb):
    """The keys at the top of what docs/CLI.md says of a verb."""
    row = next(x for x in (ROOT / "docs/CLI.md").read_text().splitlines() if x.startswith(f"| `{verb} "))
    text = row.split("|")[-2] if "\\|" not in row else row.rsplit(" | ", 1)[1]
    flat = text
    while re.search(r"[\[{][^\[\]{}]*[\]}]", flat):
        flat = re.sub(r"[\[{][^\[\]{}]*[\]}]", "", flat)
    return {k.strip(" `|:") for k in flat.split(",")}


@pytest.mark.parametrize(
    "words", [("survival", "--by", "tier"), ("costs",), ("compare", "--by", "rm_id"), ("assumptions",)], ids=lambda w: w[0]
)
def test_a_verb_answers_with_the_keys_that_are_documented(place, run, words):
    code, out, _err = run(*words, "--workspace", place, "--json")
    assert code == 0
    assert set(json.loads(out)) == promised(words[0])
    assert run(*words, "--workspace", place)[0] == 0


def test_the_figures_are_those_of_the_measures(place, run):
    ds = Workspace.open(place).dataset()
    stay = json.loads(run("survival", "--by", "gender", "--workspace", place, "--json")[1])
    assert stay["whole"]["left"] == survival(asked(ds)).whole.n_left and stay["log_rank"]["p"] == survival(asked(ds), "gender").difference.p
    assert (
        stay["threads"]["n_left"] == threads(asked(ds)).n_left
        and stay["silence"]["states"][0]["months"] == silence(asked(ds)).states[0].months
    )
    cost = json.loads(run("costs", "--where", "gender=F", "--workspace", place, "--json")[1])
    assert cost["customers_lost"] < costs(asked(ds), in_force(Records(place))).n
    assert cost["at_risk"] is None and "train" in cost["at_risk_why_not"]
    units = json.loads(run("compare", "--workspace", place, "--json")[1])["units"]
    assert [u["name"] for u in units] == [u.name for u in comparison(asked(ds), "branch_id").units]
    plain = json.loads(run("compare", "--adjust", "none", "--workspace", place, "--json")[1])
    assert plain["adjusted_for"] == []


def test_an_assumption_is_set_with_its_name_and_moves_the_cost(place, run):
    before = json.loads(run("costs", "--workspace", place, "--json")[1])
    code, out, _err = run("assumptions", "--set", "acquisition_cost=¥1,000", "--who", "Li Na", "--workspace", place, "--json")
    assert code == 0 and next(a for a in json.loads(out)["assumptions"] if a["name"] == "acquisition_cost")["who"] == "Li Na"
    after = json.loads(run("costs", "--workspace", place, "--json")[1])
    assert after["replacement_cost"] == 2 * before["replacement_cost"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("assumptions", "--set", "spread=lots"), "is not a number"),
        (("assumptions", "--set", "spred=1%"), "nearest is spread"),
        (("survival", "--by", "tiers"), "nearest is tier"),
        (("compare", "--by", "branch_id", "--adjust", "branch_id"), "itself"),
        (("costs", "--from", "2024-13"), "is not a month"),
    ],
)
def test_what_cannot_be_answered_is_one_sentence(place, run, words, said):
    code, _out, err = run(*words, "--workspace", place)
    assert code == 1 and said in err and "Traceback" not in err


ESTIMATE = r"\d+\.\d\d% \(\d+\.\d\d% – \d+\.\d\d%\) n=\d+"


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("survival",), rf"^all  n=\d+ left=\d+  median .*months  1y {ESTIMATE}"),
        (("survival",), r"first sign \d+\.\d \(\d+\.\d – \d+\.\d\) days before"),
        (
            ("survival",),
            rf"^transactions: broke before {ESTIMATE} left, .* days before; first of \d+ of \d+; of those who stayed {ESTIMATE}$",
        ),
        (("survival",), r"^active: \d+\.\d \(\d+\.\d – \d+\.\d\) months to the loss; lost in the period .*, by the model \d+\.\d\d%$"),
        (("definitions",), rf"^account closure: {ESTIMATE} of customers, \d.*% \(.* – .*\) of balances; .*, {ESTIMATE} came back$"),
        (("tiers",), rf"^recovered {ESTIMATE}$"),
        (("cohorts",), r"^all .*\n  95% from .*\n  95% to .*\nchained .*\n  95% from .*\n  95% to .*\nn  "),
    ],
    ids=lambda w: w[0] if isinstance(w, tuple) else "",
)
def test_in_words_too_a_figure_has_its_range_and_its_n(place, run, words, line):
    code, out, _err = run(*words, "--workspace", place)
    assert code == 0 and re.search(line, out, re.MULTILINE), out


def test_the_range_in_words_is_the_one_of_the_measures(place, run):
    found = survival(asked(Workspace.open(place).dataset())).whole
    share, low, high = found.at(12)
    _code, out, _err = run("survival", "--workspace", place)
    assert f"1y {share:.2%} ({low:.2%} – {high:.2%}) n={found.at_risk(12)}" in out.splitlines()[0]
