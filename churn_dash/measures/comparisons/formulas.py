"""Ways in which churn is worked out elsewhere, right and wrong, from the same sums. Source: METHODS B1."""

from collections.abc import Callable
from dataclasses import dataclass

from churn_dash.marks import _
from churn_dash.measures.query import measure
from churn_dash.measures.question import Question


@dataclass(frozen=True)
class Sums:
    """Customers over a period by one definition: at its start, lost, back by its end, joined, joined and lost, by who decided (None: no
    reasons are known).

    ``monthly``: churn of each month, 0–1; empty where there are no months.
    """

    start: float
    lost: float
    back: float
    joined: float
    joined_lost: float
    voluntary: float | None
    involuntary: float | None
    monthly: tuple[float, ...]

    @property
    def end(self) -> float:
        """Customers at the end of the period."""
        return self.start - self.lost + self.back + self.joined - self.joined_lost


@dataclass(frozen=True)
class Formula:
    """One way: customers counted as lost and customers they are a share of; None where it cannot be worked out.

    ``is_share``: the lost are some of the base, so that the rate has an interval. ``is_heads``: it also gives a head count.
    """

    name: str
    label: str
    counts: Callable[[Sums], tuple[float, float] | None]
    is_share: bool = True
    is_heads: bool = True


ASKED = "gross"

FORMULAS = {
    f.name: f
    for f in (
        Formula(ASKED, _("lost of those there at the start"), lambda s: (s.lost, s.start)),
        Formula("net", _("lost and not back at the end"), lambda s: (s.lost - s.back, s.start)),
        Formula("voluntary", _("only those who decided so themselves"), lambda s: None if s.voluntary is None else (s.voluntary, s.start)),
        Formula(
            "not_involuntary",
            _("without those the bank or life decided"),
            lambda s: None if s.involuntary is None else (s.lost - s.involuntary, s.start),
        ),
        Formula(
            "all_leavers",
            _("all lost, new customers included, over those at the start"),
            lambda s: (s.lost + s.joined_lost, s.start),
            is_share=False,
        ),
        Formula(
            "all_served",
            _("all lost over those at the start and new ones"),
            lambda s: (s.lost + s.joined_lost, s.start + s.joined),
            is_heads=False,
        ),
        Formula("mean_base", _("lost over the mean of start and end"), lambda s: (s.lost, (s.start + s.end) / 2), False, False),
        Formula("shrinkage", _("start less end, over start"), lambda s: (s.start - s.end, s.start), False),
        Formula(
            "monthly_mean",
            _("mean of the monthly rates"),
            lambda s: (sum(s.monthly) / len(s.monthly), 1.0) if len(s.monthly) > 1 else None,
            False,
            False,
        ),
        Formula(
            "monthly_sum",
            _("sum of the monthly rates"),
            lambda s: (sum(s.monthly), 1.0) if len(s.monthly) > 1 else None,
            False,
            False,
        ),
    )
}
"""The closed list, by name; the first is ours. The others are what official figures are found to be."""

_NAMES = (
    *("customers", "customers_lost", "customers_new", "churn_rate", "net_churn_rate"),
    *("voluntary_churn_rate", "involuntary_churn_rate", "early_churn_rate"),
)


def sums(question: Question) -> Sums:
    """The sums of one definition over a period."""
    ds = question.ds
    if question.period is None:
        row = measure(question, ["customers", "customers_lost"]).row(0, named=True)
        return Sums(row["customers"] or 0, row["customers_lost"] or 0, 0, 0, 0, 0, 0, ())
    row = measure(question, _NAMES).row(0, named=True)
    start, lost, joined = row["customers"] or 0, row["customers_lost"] or 0, row["customers_new"] or 0
    months = measure(question, ["churn_rate"], ["month"])["churn_rate"] if question.period.n_months > 1 else ()

    def of(rate: str, base: float) -> float:
        return float(round((row[rate] or 0.0) * base))

    return Sums(
        start=start,
        lost=lost,
        back=lost - of("net_churn_rate", start),
        joined=joined,
        joined_lost=of("early_churn_rate", joined),
        voluntary=of("voluntary_churn_rate", start) if ds.explained else None,
        involuntary=of("involuntary_churn_rate", start) if ds.explained else None,
        monthly=tuple(float(m) for m in months if m is not None),
    )
