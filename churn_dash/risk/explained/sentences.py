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
        number, other = float(value), _beside(peer)
        if source.measure in ("change", "mean_change", "market_change"):
            return _grown(feature.what, number, source.months, other)
        if source.measure in ("difference", "recent_change") and number:
            return _counted(feature, number, peer)
        if source.measure in ("slope", "peak"):
            return _moved(feature, number, other)
        if source.measure == "since" and number > 0:
            template = _("{what}: none for {n} months; {peer}")
            if number < 2:
                template = _("{what}: none for a month; {peer}")
            return Text(template, what=feature.what, n=f"{number:.0f}", peer=_without(peer))
        if source.measure == "open" and number > 0:
            return Text(_("Complaints still open: {n}"), n=f"{number:.0f}")
        if source.measure == "changed" and number > 0:
            return Text(_("The tier changed in the last {n} months"), n=source.months)
    return Text(
        _("{label}: {value}; {peer}"),
        label=feature.label,
        value=spoken(value, feature.unit),
        peer=Text(_SIMILAR, peer=spoken(peer, feature.unit)),
    )


_SIMILAR = _("similar customers {peer}")
_STILL = _("similar customers: no change")


def _beside(peer: Value) -> Text:
    """By how much similar customers changed; what rounds to nothing is no change, and not that they hold none."""
    change = Change(peer if isinstance(peer, int | float) else None)
    return Text(_STILL) if str(change) == "0%" else Text(_SIMILAR, peer=change)


def _without(peer: Value) -> Text:
    """For how many months similar customers had none."""
    if isinstance(peer, int | float) and round(peer) == 0:
        return Text(_("similar customers: some in the last month"))
    return Text(_("similar customers {peer} months"), peer=spoken(peer, "number"))


def _moved(feature: Feature, number: float, peer: Text) -> Text:
    """A trend a month, or the distance from the year's highest, in words."""
    if feature.source.measure == "peak":
        template = _("{what}: {size} from the highest of the last year; {peer}")
        if number <= LEAST_CHANGE:
            template = _("{what}: a tenth or less of the highest of the last year; {peer}")
    else:
        template = _("{what}: trend {size} a month over {n} months; {peer}")
        if number >= MOST_CHANGE:
            template = _("{what} rose tenfold or more a month over {n} months; {peer}")
        elif number <= LEAST_CHANGE:
            template = _("{what} fell to a tenth or less a month over {n} months; {peer}")
    return Text(template, what=feature.what, size=Change(number), n=feature.source.months, peer=peer)


def _grown(what: str, number: float, n: int, peer: Text) -> Text:
    """A change over so many months in words; at an end of what is told of ratios, no figure."""
    one = n == 1
    if number >= MOST_CHANGE:
        template = _("{what} rose tenfold or more in {n} months; {peer}")
        if one:
            template = _("{what} rose tenfold or more in a month; {peer}")
    elif number <= LEAST_CHANGE:
        template = _("{what} fell to a tenth or less in {n} months; {peer}")
        if one:
            template = _("{what} fell to a tenth or less in a month; {peer}")
    elif number < 0:
        template = _("{what} fell {size} in {n} months; {peer}")
        if one:
            template = _("{what} fell {size} in a month; {peer}")
    else:
        template = _("{what} rose {size} in {n} months; {peer}")
        if one:
            template = _("{what} rose {size} in a month; {peer}")
    return Text(template, what=what, size=Whole(abs(number)), n=n, peer=peer)


def _counted(feature: Feature, number: float, peer: Value) -> Text:
    """How many more or fewer than before, in words: than then (what is held), or than in as many months before (what happened)."""
    n, more = feature.source.months, number > 0
    if feature.source.measure == "difference":
        template = _("{what}: {size} fewer than {n} months before; {peer}")
        if more:
            template = _("{what}: {size} more than {n} months before; {peer}")
        if n == 1:
            template = _("{what}: {size} fewer than a month before; {peer}")
            if more:
                template = _("{what}: {size} more than a month before; {peer}")
    else:
        template = _("{what}: {size} fewer than in the {n} months before; {peer}")
        if more:
            template = _("{what}: {size} more than in the {n} months before; {peer}")
        if n == 1:
            template = _("{what}: {size} fewer than in the month before; {peer}")
            if more:
                template = _("{what}: {size} more than in the month before; {peer}")
    return Text(
        template,
        what=feature.what,
        size=spoken(abs(number), feature.unit),
        n=n,
        peer=Text(_STILL) if peer == 0 else Text(_SIMILAR, peer=SignedNumber(peer if isinstance(peer, int | float) else None)),
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
