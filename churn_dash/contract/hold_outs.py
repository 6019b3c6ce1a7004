"""Which group of a campaign is its hold-out, by the word the bank has for it."""

_WORDS = ("control", "holdout", "hold-out", "hold out", "hold_out")
_CHINESE = ("对照", "對照", "控制", "留白", "留出")


def hold_out(arm: str | None) -> bool:
    """Whether a group is left alone on purpose, so that it can be compared with.

    >>> hold_out("Control"), hold_out("control group"), hold_out("留白组"), hold_out("treated"), hold_out(None), hold_out("controlled")
    (True, True, True, False, False, False)
    """
    word = (arm or "").strip().casefold()
    return word in _WORDS or word.startswith(_CHINESE) or any(word.startswith(f"{w}{gap}") for w in _WORDS for gap in " _-0123456789")
