"""Every word that a person reads: the catalogue, number formats, sentences.

``_()`` only marks a sentence; it is translated when shown, by the reader's language.
English is the sentence itself; the translations stand in ``zh_Hans/<room>.po``.
"""

from churn_dash.marks import _
from churn_dash.words.catalogue import LANGUAGES, Text, nearest, say
from churn_dash.words.numbers import Count, Money, Month, Number, Points, Ratio, show

__all__ = ["LANGUAGES", "Count", "Money", "Month", "Number", "Points", "Ratio", "Text", "_", "nearest", "say", "show"]
