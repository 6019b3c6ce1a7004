"""Whatever a verb about campaigns prints says how far it can be believed: grade, why, and the naive figure."""

import pytest

from tests.cli.test_staying_and_costs import ROOT, promised

VERBS = ("plan", "freeze", "follow-up", "evaluate", "register", "funnel", "uplift", "rehearse", "registration", "drawn")
LINES = {"campaign register": "campaigns", "campaign uplift": "groups", "evaluate": "indicators"}
"""Verbs whose lines, and not their head, carry the evidence."""


@pytest.mark.parametrize("verb", [*(f"campaign {v}" for v in VERBS), "winback", "evaluate"])
def test_grade_why_and_naive_are_promised_by_every_verb(verb):
    wanted = {"grade", "why", "naive"}
    if verb in LINES:
        row = next(x for x in (ROOT / "docs/CLI.md").read_text().splitlines() if x.startswith(f"| `{verb} "))
        line = row.split(f"{LINES[verb]}: [{{", 1)[1]
        wanted -= {k.strip() for k in line.replace("{", ",").replace("}", ",").split(",")}
        assert not wanted
    else:
        assert wanted <= promised(verb)


def test_every_verb_about_campaigns_is_asked():
    told = {x.split("`")[1].split()[1] for x in (ROOT / "docs/CLI.md").read_text().splitlines() if x.startswith("| `campaign ")}
    assert told == set(VERBS)
