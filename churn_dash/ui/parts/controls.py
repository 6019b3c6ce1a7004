"""Controls whose choice is part of the page's address: codes inside, words outside."""

import datetime
from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import streamlit as st

from churn_dash.ui import address, session
from churn_dash.words import _

Words = Callable[[str], str]
Kind = Literal["select", "segments"]


def choice(
    label: str,
    options: Sequence[str],
    *,
    key: str,
    words: Words,
    default: str | None = None,
    kind: Kind = "select",
    shared: bool = False,
    hidden: bool = False,
    icon: str | None = None,
    width: int | None = None,
    help: str | None = None,
) -> str:
    """One of the options (codes), shown with ``words``; held under ``key`` in the address unless it is the default."""
    usual = default if default is not None and default in options else options[0]
    codes = address.accepted(key, options)
    if st.session_state.get(key) not in options:
        st.session_state[key] = codes[0] if codes else usual
    visibility: Literal["visible", "collapsed"] = "collapsed" if hidden else "visible"
    spoken = {option: words(option) for option in options}
    if kind == "segments":
        picked = st.segmented_control(
            label,
            options,
            key=key,
            format_func=spoken.__getitem__,
            required=True,
            label_visibility=visibility,
            on_change=address.touched,
            width="stretch" if width == 0 else "content",
            wrap=True,
            help=help,
        )
    else:
        picked = st.selectbox(
            label,
            options,
            key=key,
            format_func=spoken.__getitem__,
            label_visibility=visibility,
            on_change=address.touched,
            icon=icon,
            width=width or "stretch",
            help=help,
        )
    value = picked if picked is not None and picked in options else usual
    address.hold(key, (value,), (usual,), shared)
    return value


def slider(label: str, options: Sequence[str], *, key: str, words: Words, default: str, help: str | None = None) -> str:
    """One of the options (codes) in their order, along a line; held under ``key`` in the address unless it is the default."""
    codes = address.accepted(key, options)
    if st.session_state.get(key) not in options:
        st.session_state[key] = codes[0] if codes else default
    spoken = {option: words(option) for option in options}
    picked = st.select_slider(label, options, key=key, format_func=spoken.__getitem__, on_change=address.touched, help=help)
    address.hold(key, (picked,), (default,))
    return picked


def view(names: Mapping[str, str], *, key: str) -> str:
    """Which of a page's views is drawn (its code), by their names."""
    label = session.say(_("What to show"))
    return choice(label, list(names), key=key, words=lambda code: session.say(names[code]), kind="segments", hidden=True)


def choices(
    label: str,
    options: Sequence[str],
    *,
    key: str,
    words: Words,
    shared: bool = False,
    placeholder: str = "",
    width: int | None = None,
    default: Sequence[str] = (),
) -> tuple[str, ...]:
    """Any of the options; none means all, or what the placeholder says. ``default``: those chosen at first."""
    codes = address.accepted(key, options)
    if not isinstance(st.session_state.get(key), list) or not set(st.session_state[key]) <= set(options):
        st.session_state[key] = list(codes or (d for d in default if d in options))
    spoken = {option: words(option) for option in options}
    picked = st.multiselect(
        label,
        options,
        key=key,
        format_func=spoken.__getitem__,
        on_change=address.touched,
        placeholder=placeholder,
        width=width or "stretch",
    )
    address.hold(key, tuple(picked), tuple(default), shared)
    return tuple(picked)


def typed(label: str, suggested: Sequence[str], *, key: str, placeholder: str, first: str = "") -> str:
    """A code that may be typed or picked, ``first`` to begin with; empty while there is none. Held in the address."""
    codes = address.accepted(key, None)
    if key not in st.session_state and (codes or first):
        st.session_state[key] = codes[0] if codes else first
    current = st.session_state.get(key)
    options = list(dict.fromkeys([*([current] if current else []), *suggested]))
    picked = st.selectbox(
        label, options, index=None, key=key, accept_new_options=True, on_change=address.touched, placeholder=placeholder, width=420
    )
    value = (picked or "").strip()
    address.hold(key, (value,) if value else ())
    return value


def text(label: str, *, key: str, default: str, help: str | None = None) -> str:
    """Any text, ``default`` to begin with; empty where somebody empties it. Held in the address unless it is the default."""
    codes = address.accepted(key, None)
    if key not in st.session_state:
        st.session_state[key] = codes[0].removeprefix(_EMPTY) if codes else default
    value = st.text_input(label, key=key, on_change=address.touched, help=help).strip()
    address.hold(key, (value or _EMPTY,), (default,))
    return value


_EMPTY = "none"
"""How an emptied text stands in the address."""


def day(label: str, *, key: str, default: datetime.date, first: datetime.date, last: datetime.date, width: int = 170) -> datetime.date:
    """A day from ``first`` to ``last``; held under ``key`` in the address unless it is the default, which may move."""
    possible = [c for c in (*st.query_params.get_all(key), *address.held(key)) if first <= (_day(c) or datetime.date.min) <= last]
    codes, usual = address.accepted(key, possible), f"_usual_{key}"
    shown = st.session_state.get(key)
    untouched = shown == st.session_state.get(usual) and not codes
    if not isinstance(shown, datetime.date) or untouched or not first <= shown <= last:
        st.session_state[key] = _day(codes[0]) if codes else default
    st.session_state[usual] = default
    touched = address.touched
    picked = st.date_input(label, min_value=first, max_value=last, key=key, format="YYYY-MM-DD", on_change=touched, width=width)
    value: datetime.date = picked or default
    address.hold(key, (value.isoformat(),), (default.isoformat(),))
    return value


def _day(code: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(code)
    except ValueError:
        return None
