"""The measures as a guide: every metric of customers and of products, and every churn definition."""

from collections.abc import Iterable

from churn_dash.contract import DEFINITIONS
from churn_dash.measures import METRICS
from churn_dash.measures.movement.product_measures import PRODUCT_MEASURES


def markdown() -> str:
    """docs/METRICS.md."""
    parts = ["# The measures", "", "Generated from the declarations; `make docs` writes it anew.", "The sources: [SOURCES.md](SOURCES.md)."]
    parts += ["", "## Of customers", "", "| name | label | unit | better | meaning | source |", "|---|---|---|---|---|---|"]
    parts += [_line((f"`{m.name}`", m.label, m.unit, m.better or "—", m.meaning, m.source)) for m in METRICS.values()]
    parts += ["", "## Of products", "", "| name | label | meaning | formula | needs | source |", "|---|---|---|---|---|---|"]
    parts += [
        _line((f"`{m.name}`", m.label, m.meaning, m.formula, ", ".join(f"`{t}.{c}`" for t, c in m.needs), m.source))
        for m in PRODUCT_MEASURES.values()
    ]
    parts += ["", "## SQL", "", "Over the sums of `churn_dash/store/derive/facts.py`, one grain and period at a time.", ""]
    parts += [f"- `{m.name}`: `{m.sql}`" for m in METRICS.values()]
    parts += ["", "## Churn definitions", "", "| name | label | meaning |", "|---|---|---|"]
    parts += [_line((f"`{d.name}`", d.label, d.meaning.format(**d.values))) for d in DEFINITIONS.values()]
    return "\n".join(parts) + "\n"


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"
