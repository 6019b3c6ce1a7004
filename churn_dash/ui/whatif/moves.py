"""The controls by which a group's levers are chosen and moved on the What-if page."""

import numpy as np
import streamlit as st

from churn_dash.risk.features.feature import Feature
from churn_dash.risk.whatif.declared import sort, way
from churn_dash.risk.whatif.situation import Change, Situation
from churn_dash.ui import session
from churn_dash.ui.parts import controls
from churn_dash.ui.parts.markdown import safe
from churn_dash.ui.whatif.words import KEY, difference
from churn_dash.words import Text, _

_PLACES = 10
_PER_CENT = ("competitor_rate", "unemployment", "cpi", "lpr")
"""Columns of the market that are kept in per cent."""


def levers(here: Situation) -> list[Feature]:
    """The levers to move at once, in the order chosen; the first possible one while none is chosen, none where nothing has room."""
    known = {f.name: f for f in here.levers if _room(here, f) is not None}
    if not known:
        return []
    words = {n: session.say(f.label) for n, f in known.items()}
    first = next(iter(known))
    chosen = controls.choices(
        session.say(_("Levers")), list(known), key=f"{KEY}-lever", words=words.__getitem__, placeholder=words[first], width=480
    )
    return [known[n] for n in chosen or (first,)]


def _room(here: Situation, feature: Feature) -> tuple[float, float] | None:
    """By how much it can be moved down and up for anybody; None where for nobody."""
    low, high = here.ends(feature)
    known, now = ~np.isnan(low), here.rows[feature.name]
    if not known.any():
        return None
    down, up = float((low - now)[known].min()), float((high - now)[known].max())
    return (down, up) if up - down > 0 else None


def change(here: Situation, feature: Feature, several: bool) -> Change:
    """What the lever is set to, where there is but one sensible place, else by how much it is moved, in round steps. Of ``several``
    levers each says which it is."""

    def said(sentence: Text) -> str:
        return session.say(Text(_("{label}: {what}"), label=feature.label, what=session.say(sentence)) if several else sentence)

    if not here.seen and (sort(feature) == "complaints" or feature.kind == "flag"):
        to = 1.0 if way(feature) > 0 else 0.0
        st.caption(safe(said(Text(_("set to {value} for everybody"), value=f"{to:g}"))))
        return Change(to)
    down, up = _room(here, feature) or (0.0, 0.0)
    if not here.seen:
        down, up = (0.0 if way(feature) > 0 else down), (0.0 if way(feature) < 0 else up)
    unit = 1.0 if feature.integer or feature.kind == "flag" else _round((up - down) / (2 * _PLACES))
    steps = [round(k * unit, 9) for k in range(-int(-down / unit + 1e-9), int(up / unit + 1e-9) + 1)]
    codes = {f"{x:+g}": x for x in steps if x}
    # The bank's levers begin with one small step its way, the market with half of the worst that the months have shown.
    start = up / 2 if here.seen else unit * (way(feature) or 1)
    usual = min(codes, key=lambda c: abs(codes[c] - start))
    words = {c: moved_by(feature, x) for c, x in codes.items()}
    if len(codes) == 1:
        st.caption(safe(said(Text(_("moved by {step} for everybody who has room"), step=words[usual]))))
        return Change(codes[usual], step=True)
    label = said(Text(_("Moved by")))
    chosen = controls.slider(label, list(codes), key=f"{KEY}-{feature.name}", words=words.__getitem__, default=usual)
    return Change(codes[chosen], step=True)


def moved_by(feature: Feature, step: float) -> str:
    """A step of the lever as written: shares and rates in points, what is counted as it is."""
    if feature.unit in ("ratio", "change"):
        return difference(step)
    if feature.group == "market" and feature.source.column in _PER_CENT:
        return difference(step / 100)
    return f"{step:+g}".replace("-", "−")


def _round(step: float) -> float:
    """The next round number at or below: 1, 2 or 5 times a power of ten."""
    power = 10.0 ** np.floor(np.log10(step))
    return float(max(m for m in (1, 2, 5) if m * power <= step * (1 + 1e-9)) * power)
