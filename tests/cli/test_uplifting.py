"""The verb campaign uplift: the keys that docs/CLI.md promises, a flat file, and plain refusals."""

import json

import pytest

from tests.campaigns.uplift.test_uplift import planted
from tests.cli.test_acting import made  # noqa: F401
from tests.cli.test_staying_and_costs import promised


@pytest.fixture
def flat(tmp_path):
    planted(3_000).write_csv(tmp_path / "e.csv")
    return ("--file", tmp_path / "e.csv", "--arm", "grp", "--control", "none", "--outcome", "stay")


def test_uplift_keeps_its_promises(run, made, flat):  # noqa: F811
    code, text, _err = run("campaign", "uplift", "C01", "--workspace", made, "--segment", "gender", "--json")
    told = json.loads(text)
    assert code == 0 and promised("campaign uplift") <= set(told)
    assert "gender" in {s["segment"] for s in told["groups"][0]["segments"]}
    code, text, _err = run("campaign", "uplift", *flat, "--design", "randomised", "--segment", "kind", "--covariate", "kind")
    assert code == 0 and "Qini" in text and "fifth 5" in text
    code, text, _err = run("campaign", "uplift", *flat, "--segment", "kind", "--json")
    assert code == 0 and "only after a random draw" in json.loads(text)["groups"][0]["refused"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ((), "Name a campaign"),
        (("C01", "--covariate", "age"), "flat file"),
        (("C99",), "no campaign C99"),
        (("C01", "--segment", "shoes"), "no characteristic shoes"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_a_sentence(run, made, asked, said):  # noqa: F811
    code, _out, err = run("campaign", "uplift", *asked, "--workspace", made)
    assert code != 0 and said in err and "Traceback" not in err
