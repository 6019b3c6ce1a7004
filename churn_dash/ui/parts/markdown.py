"""Text from the data inside markdown: shown as it is, never as formatting, a link or a picture."""

import re

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|<>~$:^&])")


def safe(text: object) -> str:
    """The text with everything escaped that markdown or Streamlit's directives would act on.

    >>> safe("![](http://x/y.png) :red[a] $b$")
    '\\\\!\\\\[\\\\]\\\\(http\\\\://x/y.png\\\\) \\\\:red\\\\[a\\\\] \\\\$b\\\\$'
    """
    return _SPECIAL.sub(r"\\\1", " ".join(str(text).split()))
