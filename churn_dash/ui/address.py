"""What a page's address holds: filters, language, the chosen definition, as stable codes that mean the same in every language.

Streamlit's own binding writes the translated label of an option into the address; a link would break with the language.
"""

from collections.abc import Iterable, Mapping, Sequence

import streamlit as st

_HELD = "_held"
_SHARED = "_shared"
_WRITTEN = "_written"
_TOUCHED = "_touched"
_PATH = "_path"
_REJECTED = "_rejected"
_INCOMING = "_incoming"


def arrive(path: str) -> None:
    """Take over what the address says; to be called once, first in every run. ``path`` is the page's.

    The address wins on the first run and when it changed by itself (a link, the browser's back button); a value that a person
    just changed on the page wins over an address that has not caught up. A page switch keeps what it does not name.
    """
    now = {key: tuple(st.query_params.get_all(key)) for key in st.query_params}
    state = st.session_state
    first, switched = _HELD not in state, state.get(_PATH) != path
    state.setdefault(_HELD, {})
    state[_REJECTED], state[_SHARED] = [], set(state.get(_SHARED, ()))
    touched = state.pop(_TOUCHED, False)
    if first or (not touched and now != state.get(_WRITTEN)):
        if not first and not switched and now:
            gone = set(state.get(_WRITTEN, ())) - set(now)
            for key in gone:
                state[_HELD].pop(key, None)
                state.pop(key, None)
        state[_INCOMING] = dict(now) if first else {k: v for k, v in now.items() if state[_HELD].get(k) != v}
    else:
        state[_INCOMING] = {}
    state[_PATH] = path
    state[_WRITTEN] = now


def touched() -> None:
    """A person changed a control: its value is newer than the address."""
    st.session_state[_TOUCHED] = True


def held(key: str) -> tuple[str, ...]:
    """The codes held under a key; empty: the default."""
    found: Mapping[str, tuple[str, ...]] = st.session_state.get(_HELD, {})
    return found.get(key, ())


def accepted(key: str, known: Iterable[str] | None) -> tuple[str, ...]:
    """The codes for a control about to be drawn: the address's where it is new and known, else those held.

    Unknown codes are dropped and noted for the reader. ``known`` None accepts any text.
    """
    incoming: dict[str, tuple[str, ...]] = st.session_state.setdefault(_INCOMING, {})
    allowed = None if known is None else set(known)
    if key in incoming:
        wanted = incoming.pop(key)
        good = tuple(v for v in wanted if v and (allowed is None or v in allowed))
        st.session_state.setdefault(_REJECTED, []).extend(f"{key}={v}" for v in wanted if v not in good)
        st.session_state.setdefault(_HELD, {})[key] = good
        st.session_state.pop(key, None)
        return good
    return tuple(v for v in held(key) if allowed is None or v in allowed)


def hold(key: str, values: Sequence[str], default: Sequence[str] = (), shared: bool = False) -> None:
    """Keep a control's codes and write them into the address; defaults are left out of it."""
    state = st.session_state
    state.setdefault(_HELD, {})
    if tuple(values) == tuple(default):
        state[_HELD].pop(key, None)
    else:
        state[_HELD][key] = tuple(values)
    if shared:
        state.setdefault(_SHARED, set()).add(key)
    _write(key)


def share(key: str, known: Iterable[str]) -> None:
    """Take over a shared control's codes although this page may not draw it."""
    accepted(key, known)
    st.session_state.setdefault(_SHARED, set()).add(key)


def show_shared() -> None:
    """Put the shared codes back into the address on a page that does not draw their controls."""
    for key in sorted(st.session_state.get(_SHARED, ())):
        _write(key)


def forget(keys: Iterable[str]) -> None:
    """Back to the defaults, in the controls and in the address."""
    touched()
    for key in keys:
        st.session_state.get(_HELD, {}).pop(key, None)
        st.session_state.pop(key, None)


def rejected() -> tuple[str, ...]:
    """What the address asked for and these data do not know, as ``key=value``."""
    return tuple(st.session_state.get(_REJECTED, ()))


def link(**values: str) -> dict[str, str | list[str]]:
    """The shared codes and ``values``, for a link to another page."""
    kept: dict[str, str | list[str]] = {key: list(held(key)) for key in st.session_state.get(_SHARED, ()) if held(key)}
    return kept | values


def _write(key: str) -> None:
    now, wanted = tuple(st.query_params.get_all(key)), held(key)
    if now == wanted:
        return
    if wanted:
        st.query_params[key] = list(wanted) if len(wanted) > 1 else wanted[0]
    else:
        del st.query_params[key]
    st.session_state.setdefault(_WRITTEN, {})
    st.session_state[_WRITTEN] = {k: tuple(st.query_params.get_all(k)) for k in st.query_params}
