"""Every source that the code cites by a code is explained in docs/SOURCES.md."""

import re


def cited(text: str) -> set[str]:
    """Codes such as B1 or C11 after METHODS, those of a list, too; T8 and E6.3 count as their part."""
    codes: set[str] = set()
    for said in re.findall(r"METHODS ((?:[A-E]\d*(?:\.\d+)?(?:–[A-E]?\d+)?(?:, | and )?)+)", text):
        codes |= set(re.findall(r"[A-E]\d*", said))
    return codes


def test_every_source_that_the_code_cites_is_explained(request):
    root = request.config.rootpath
    explained = set(re.findall(r"^\| ([A-E]\d*) \|", (root / "docs" / "SOURCES.md").read_text(encoding="utf-8"), re.M)) | {
        "E1",
        "E2",
        "E3",
        "E4",
        "E5",
        "E6",
    }
    asked = {code: path.name for path in (root / "churn_dash").rglob("*.py") for code in cited(path.read_text(encoding="utf-8"))}
    assert len(asked) > 20
    assert {code: name for code, name in asked.items() if code not in explained} == {}
