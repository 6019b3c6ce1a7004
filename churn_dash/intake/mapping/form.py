"""What a part of a file was taken for."""

from dataclasses import dataclass

from churn_dash.intake.source import Match


@dataclass(frozen=True)
class Form:
    """What a part was taken for: a table of the contract (None: nothing it knows), and each header's match."""

    table: str | None
    matches: tuple[Match, ...]

    @property
    def fields(self) -> frozenset[str]:
        return frozenset(m.field for m in self.matches if m.field)

    @property
    def wide(self) -> bool:
        """A monthly file that also tells who the customers are."""
        return self.table == "customer_month" and any(m.field and m.table == "customers" for m in self.matches)

    def header(self, field: str) -> str | None:
        return next((m.header for m in self.matches if m.field == field), None)
