"""Of how few customers a page shows a count instead of a rate, and what share of the best group's rate calls for a look. METHODS B0, D7."""

from churn_dash.marks import _

TOO_FEW = 30
"""On pages a rate of fewer customers is not shown, only how many there are; the command line and downloads give number, n and interval.
Groups of fewer are not compared with others, and nobody's peers are fewer."""
FOUR_FIFTHS = 0.8
"""A group treated at less than four fifths of the best treated group's rate is flagged."""
ONE_LIST = _("{what}; load last month's list too, each list with its month.")
"""What a single list cannot tell (``what``, without its full stop), and what data would make it possible: one sentence for all."""
