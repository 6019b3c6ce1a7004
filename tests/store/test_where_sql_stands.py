"""ADR 3: the rooms that ask the tables in SQL, and no other."""

import ast
import pathlib
import re

ROOMS = {"store", "measures", "segments", "care", "causes", "risk", "campaigns"}
QUERY = re.compile(r"\s*\(?\s*(with|select)\b.*\bfrom\b", re.DOTALL)
ROOT = pathlib.Path(__file__).resolve().parents[2]


def queries(source: str) -> list[int]:
    """The lines on which a query begins: a text, or parts of one, that reads select … from."""
    found = []
    for node in ast.walk(ast.parse(source)):
        parts = node.values if isinstance(node, ast.JoinedStr) else [node]
        text = "".join(p.value if isinstance(p, ast.Constant) and isinstance(p.value, str) else " x " for p in parts)
        if QUERY.match(text):
            found.append(node.lineno)
    return found


def test_a_query_is_seen_in_plain_text_and_with_values_in_it():
    assert queries('a = "select * from months"') == [1]
    assert queries('a = f"select {x} " f"from {t}"')
    assert not queries('a = "Select the customers from the list"')


def test_only_the_rooms_of_the_record_hold_sql():
    holding = {}
    for path in [ROOT / "app.py", *ROOT.glob("pages/*.py"), *ROOT.glob("churn_dash/**/*.py")]:
        where = path.relative_to(ROOT)
        lines = queries(path.read_text(encoding="utf-8"))
        if lines:
            holding.setdefault(where.parts[1] if where.parts[0] == "churn_dash" else where.parts[0], []).append((where.as_posix(), lines))
    assert {*holding} == ROOMS, {room: at for room, at in holding.items() if room not in ROOMS}
