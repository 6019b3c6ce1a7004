"""What leaving means by a definition, and what cannot be asked where nobody leaves by it. Sources: METHODS B0, B3."""

from churn_dash.errors import NotPossible
from churn_dash.marks import _
from churn_dash.store import Dataset

_MEANS = {
    "dormant": _("by this definition who left fell asleep: the account is open, and nothing moves"),
    "asset_out": _("by this definition who left took most of the balances away: the account is still open"),
    "tier_down": _("by this definition who left fell a tier: they are customers as before"),
}

_SOME = _("by this definition some of those who left only fell a tier: they are customers as before")


def means(ds: Dataset, definition: str) -> str | None:
    """What the word left means by a definition whose customers are not gone; None where they are, or some of them."""
    forms = ds.rules[definition].forms
    if not ds.rules[definition].leaves and len(forms) > 1:
        return _SOME
    return _MEANS.get(forms[0]) if len(forms) == 1 else None


def must_leave(ds: Dataset, definition: str, why_not: str) -> None:
    """Raise ``NotPossible`` with the sentence where those whom the definition counts are still customers."""
    if not ds.rules[definition].leaves:
        raise NotPossible(why_not)
