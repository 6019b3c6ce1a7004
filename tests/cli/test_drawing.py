"""The verb campaign drawn: a draw declared for good, told by every other verb, and taken back."""

import json

from tests.cli.test_acting import made, place  # noqa: F401
from tests.cli.test_staying_and_costs import promised


def test_a_draw_is_declared_told_and_taken_back(run, place):  # noqa: F811
    asked = ("campaign", "drawn", "C03a", "--workspace", place, "--json")
    code, out, _err = run(*asked)
    assert code == 0 and json.loads(out)["draw"]["in_force"] is None
    code, out, _err = run(*asked, "--declare", "--who", "Ann")
    told = json.loads(out)
    assert code == 0 and promised("campaign drawn") <= set(told)
    assert told["draw"]["in_force"]["who"] == "Ann" and not told["draw"]["in_force"]["in_time"]
    code, out, _err = run("campaign", "evaluate", "C03a", "--workspace", place, "--json")
    judged = json.loads(out)
    assert judged["design"] == "randomised" and judged["draw"]["in_force"] == told["draw"]["in_force"]
    code, out, _err = run(*asked, "--take-back")
    after = json.loads(out)["draw"]
    assert after["in_force"] is None and [d["drawn"] for d in after["history"]] == [False, True]
    code, out, err = run(*asked, "--declare", "--take-back")
    assert code == 1 and "one of --declare and --take-back" in err
