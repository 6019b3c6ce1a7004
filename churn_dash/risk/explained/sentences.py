"""What one feature of a customer says beside similar customers, in words. Source: METHODS D5."""

from churn_dash.marks import _
from churn_dash.risk.features.feature import Feature
from churn_dash.risk.features.peers import Value
from churn_dash.risk.features.ratios import LEAST_CHANGE, MOST_CHANGE
from churn_dash.risk.features.spoken import Change, SignedNumber, Whole, spoken
from churn_dash.words import Text


def sentence(feature: Feature, value: Value, peer: Value) -> Text:
    """One feature of a customer beside similar customers, as a sentence.

    >>> from churn_dash.risk.features.panel import PANEL_FEATURES
    >>> f = next(f for f in PANEL_FEATURES if f.name == "aum_change_3m")
    >>> sentence(f, -0.62, -0.04).in_("en")
    'Average balances fell 62% in 3 months; similar customers −4%'
    """
    source = feature.source
    if value is None:
        return Text(_("{label}: not known"), label=feature.label)
    if feature.own_words or not feature.what:
        return _plain(feature, value, peer)
    if isinstance(value, int | float) and not isinstance(value, bool):
        number, other = float(value), Change(peer if isinstance(peer, int | float) else None)
        if source.measure in ("change", "mean_change", "market_change"):
            return _grown(feature.what, number, source.months, other)
        if source.measure in ("difference", "recent_change") and number:
            return _counted(feature, number, peer)
        if source.measure in ("slope", "peak"):
            return _moved(feature, number, other)
        if source.measure == "since" and number > 0:
            template = _("{what}: none for {n} months; similar customers {peer} months")
            if number < 2:
                template = _("{what}: none for a month; similar customers {peer} months")
            return Text(template, what=feature.what, n=f"{number:.0f}", peer=spoken(peer, "number"))
        if source.measure == "open" and number > 0:
            return Text(_("Complaints still open: {n}"), n=f"{number:.0f}")
        if source.measure == "changed" and number > 0:
            return Text(_("The tier changed in the last {n} months"), n=source.months)
    return Text(
        _("{label}: {value}; similar customers {peer}"),
        label=feature.label,
        value=spoken(value, feature.unit),
        peer=spoken(peer, feature.unit),
    )


def _moved(feature: Feature, number: float, peer: Change) -> Text:
    """A trend a month, or the distance from the year's highest, in words."""
    if feature.source.measure == "peak":
        template = _("{what}: {size} from the highest of the last year; similar customers {peer}")
        if number <= LEAST_CHANGE:
            template = _("{what}: a tenth or less of the highest of the last year; similar customers {peer}")
    else:
        template = _("{what}: trend {size} a month over {n} months; similar customers {peer}")
        if number >= MOST_CHANGE:
            template = _("{what} rose tenfold or more a month over {n} months; similar customers {peer}")
        elif number <= LEAST_CHANGE:
            template = _("{what} fell to a tenth or less a month over {n} months; similar customers {peer}")
    return Text(template, what=feature.what, size=Change(number), n=feature.source.months, peer=peer)


def _grown(what: str, number: float, n: int, peer: Change) -> Text:
    """A change over so many months in words; at an end of what is told of ratios, no figure."""
    one = n == 1
    if number >= MOST_CHANGE:
        template = _("{what} rose tenfold or more in {n} months; similar customers {peer}")
        if one:
            template = _("{what} rose tenfold or more in a month; similar customers {peer}")
    elif number <= LEAST_CHANGE:
        template = _("{what} fell to a tenth or less in {n} months; similar customers {peer}")
        if one:
            template = _("{what} fell to a tenth or less in a month; similar customers {peer}")
    elif number < 0:
        template = _("{what} fell {size} in {n} months; similar customers {peer}")
        if one:
            template = _("{what} fell {size} in a month; similar customers {peer}")
    else:
        template = _("{what} rose {size} in {n} months; similar customers {peer}")
        if one:
            template = _("{what} rose {size} in a month; similar customers {peer}")
    return Text(template, what=what, size=Whole(abs(number)), n=n, peer=peer)


def _counted(feature: Feature, number: float, peer: Value) -> Text:
    """How many more or fewer than before, in words: than then (what is held), or than in as many months before (what happened)."""
    n, more = feature.source.months, number > 0
    if feature.source.measure == "difference":
        template = _("{what}: {size} fewer than {n} months before; similar customers {peer}")
        if more:
            template = _("{what}: {size} more than {n} months before; similar customers {peer}")
        if n == 1:
            template = _("{what}: {size} fewer than a month before; similar customers {peer}")
            if more:
                template = _("{what}: {size} more than a month before; similar customers {peer}")
    else:
        template = _("{what}: {size} fewer than in the {n} months before; similar customers {peer}")
        if more:
            template = _("{what}: {size} more than in the {n} months before; similar customers {peer}")
        if n == 1:
            template = _("{what}: {size} fewer than in the month before; similar customers {peer}")
            if more:
                template = _("{what}: {size} more than in the month before; similar customers {peer}")
    return Text(
        template,
        what=feature.what,
        size=spoken(abs(number), feature.unit),
        n=n,
        peer=SignedNumber(peer if isinstance(peer, int | float) else None),
    )


def _plain(feature: Feature, value: Value, peer: Value) -> Text:
    """For attributes of which only the header is known."""
    if peer is None:
        return Text(_("{label} is {value}"), label=feature.label, value=spoken(value, feature.unit))
    if peer == value:
        return Text(_("{label} is {value}, which is typical"), label=feature.label, value=spoken(value, feature.unit))
    return Text(
        _("{label} is {value}; typical: {peer}"),
        label=feature.label,
        value=spoken(value, feature.unit),
        peer=spoken(peer, feature.unit),
    )
