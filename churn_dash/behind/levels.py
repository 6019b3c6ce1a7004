"""Levels of dimensions in words, for pages and command line; values of the bank's own attributes are as the bank writes them."""

from collections.abc import Mapping

from churn_dash.causes.loyalty import CLASSES
from churn_dash.contract.lifecycle import LABELS
from churn_dash.contract.tiers import LABELS as TIER_LABELS
from churn_dash.marks import _
from churn_dash.measures.conditions.saved_segments import IN, PREFIX
from churn_dash.segments.groups import clusters, orientation, rfm, service_tiers, tenths
from churn_dash.segments.groups.kinds import SERVICE, UNKNOWN
from churn_dash.store import Dimension
from churn_dash.words import Text, say

CODES: dict[str, Mapping[str, str | Text]] = {
    "gender": {"F": _("Women"), "M": _("Men")},
    "customer_type": {"personal": _("Personal"), "corporate": _("Corporate")},
    "education": {
        "secondary": _("Secondary school"),
        "college": _("College"),
        "bachelor": _("Bachelor's degree"),
        "master": _("Master's degree"),
        "doctor": _("Doctorate"),
    },
    "occupation": {
        "employee": _("Employee"),
        "civil servant": _("Civil servant"),
        "self-employed": _("Self-employed"),
        "professional": _("Professional"),
        "worker": _("Worker"),
        "retired": _("Retired"),
        "student": _("Student"),
    },
    "tier": TIER_LABELS,
    "tier_stated": TIER_LABELS,
    "lifecycle": LABELS["plan"],
    "risk_appetite": {"low": _("Low"), "medium": _("Medium"), "high": _("High")},
    "special_need": {"yes": _("Yes"), "no": _("No")},
    "consent_marketing": {"yes": _("Yes"), "no": _("No")},
    "tenure_band": {
        "<1": _("under 1 year"),
        "1–2": _("1–2 years"),
        "3–4": _("3–4 years"),
        "5–9": _("5–9 years"),
        "10+": _("10 years and more"),
    },
    "aum_band": {
        "<10k": _("under ¥10,000"),
        "10k–50k": _("¥10,000–50,000"),
        "50k–300k": _("¥50,000–300,000"),
        "300k–1M": _("¥300,000–1 million"),
        "1M+": _("¥1 million and more"),
    },
    "income_band": {
        "<5k": _("under ¥5,000"),
        "5k–10k": _("¥5,000–10,000"),
        "10k–20k": _("¥10,000–20,000"),
        "20k–50k": _("¥20,000–50,000"),
        "50k+": _("¥50,000 and more"),
    },
    "age_band": {"<25": _("under 25"), "65+": _("65 and older")},
    "product_band": {
        "0–1": _("1 product or none"),
        "2": _("2 products"),
        "3": _("3 products"),
        "4+": _("4 products and more"),
    },
    "rfm": rfm.LABELS,
    "orientation": orientation.LABELS,
    SERVICE: service_tiers.LABELS,
    "loyalty": CLASSES,
    "value_tenth": {
        "1": _("Top tenth"),
        **{str(n): Text(_("Tenth {n}"), n=n) for n in range(2, tenths.TENTHS)},
        str(tenths.TENTHS): _("Bottom tenth"),
        UNKNOWN: _("Unknown"),
    },
    "cluster": {**{str(n): Text(_("Group {n}"), n=n) for n in range(1, clusters.MOST + 1)}, UNKNOWN: _("Unknown")},
}


def level_words(dimension: Dimension, value: str | None, language: str = "en") -> str:
    """A level of a dimension as people read it; undefined levels are "not known"."""
    if value is None:
        return say(_("not known"), language)
    if dimension.name.startswith(PREFIX):
        return say(Text(_("in {name}") if value == IN else _("not in {name}"), name=dimension_words(dimension, language)), language)
    if dimension.name == "join_year" and value.startswith("< "):
        return say(Text(_("before {year}"), year=value.removeprefix("< ")), language)
    known = {} if dimension.own_words else CODES.get(dimension.name, {})
    return say(known[value], language) if value in known else value


def full_level_words(dimension: Dimension, value: str | None, language: str = "en") -> str:
    """A level as a sentence needs it: with its dimension where its own words do not say what it is."""
    words = level_words(dimension, value, language)
    if value is None or words == value or words[:1].isdigit():
        return f"{dimension_words(dimension, language)} · {words}"
    return words


def dimension_words(dimension: Dimension, language: str = "en") -> str:
    """The dimension's label: from the catalogue, or the header of the bank's own column."""
    return dimension.label if dimension.own_words else say(dimension.label, language)
