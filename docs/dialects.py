"""DIALECTS.md: what files are read, and what happens to the others, from the cases of tests/intake/dialects.py."""

import itertools
from collections.abc import Sequence
from typing import Any

_TOP = """# Dialects

Every file form that was tried, and what happens to it. Written by `make docs` from the cases of `tests/intake/dialects.py`; \
`tests/intake/test_dialects.py` drives each row for real, so the table cannot promise what does not hold.
"read": all rows come in with the same values as from a plain UTF-8 CSV. Other words are part of the sentence that the person sees.
"""


def document(dialects: Sequence[Any]) -> str:
    """The whole document as Markdown: a table for each group of dialects."""
    out = [_TOP]
    for group, cases in itertools.groupby(dialects, key=lambda d: d.group):
        out.append(f"## {group}\n\n| dialect | what happens |\n|---|---|")
        out += [f"| {c.words} | {_outcome(c)} |" for c in cases]
        out.append("")
    return "\n".join(out)


def _outcome(case: Any) -> str:
    if case.outcome != "read":
        return f"refused: “…{case.outcome}…”"
    encoding = f" as {case.encoding}" if case.encoding else ""
    return f"read{encoding}" + (f", with a sentence: “…{case.remark}…”" if case.remark else "")
