"""Why customers leave: reason codes, the classes and sides that they belong to, the four deficits. Source: METHODS A1 1.1, 2.1, 2.2, B0."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from churn_dash.contract.definitions import REASONS
from churn_dash.marks import _

SIDES: Mapping[str, str] = {
    "internal": _("Inside the bank"),
    "external": _("Outside the bank"),
    "unknown": _("Reason not known"),
}
"""Internal causes the bank can mend itself. METHODS A1 1.1(2)."""


@dataclass(frozen=True)
class CauseClass:
    """A class of causes: its name, how it is shown, and the side that it lies on."""

    name: str
    label: str
    side: str


CLASSES = {
    c.name: c
    for c in (
        CauseClass("product", _("Products"), "internal"),
        CauseClass("service", _("Service"), "internal"),
        CauseClass("staff", _("Staff"), "internal"),
        CauseClass("price", _("Rates and fees"), "internal"),
        CauseClass("value_added", _("Value-added services"), "internal"),
        CauseClass("bank", _("Closed by the bank"), "internal"),
        CauseClass("competition", _("Competitors"), "external"),
        CauseClass("need", _("Changed needs"), "external"),
        CauseClass("policy", _("Policy"), "external"),
        CauseClass("life", _("Events of life"), "external"),
        CauseClass("unsaid", _("Own wish, no reason given"), "unknown"),
        CauseClass("other", _("A reason outside the map"), "unknown"),
        CauseClass("none", _("No reason recorded"), "unknown"),
    )
}
"""The closed list of classes, by name. The last three are the unknown share."""

DEFICITS: Mapping[str, str] = {
    "innovation": _("Too little innovation"),
    "service_quality": _("Poor service quality"),
    "opaque_price": _("Opaque prices"),
    "value_added": _("No value-added services"),
}
"""The four deficits of a bank. METHODS A1 2.2."""

DECIDED: Mapping[str, str] = {
    "voluntary": _("The customer decided"),
    "involuntary_bank": _("The bank was the cause"),
    "involuntary_life": _("Life decided"),
    "unknown": _("Reason not known"),
}
"""Who decided. METHODS B0."""


@dataclass(frozen=True)
class Cause:
    """What a reason code stands for: its class, the deficit that it points to (empty: none), who decided."""

    cause_class: str
    deficit: str = ""
    decided: str = "voluntary"


CAUSES: Mapping[str, Cause] = {
    "competitor": Cause("competition", "", REASONS["competitor"]),
    "rate": Cause("price", "", REASONS["rate"]),
    "fee": Cause("price", "opaque_price", REASONS["fee"]),
    "product": Cause("product", "innovation", REASONS["product"]),
    "value_added": Cause("value_added", "value_added", REASONS["value_added"]),
    "need": Cause("need", "", REASONS["need"]),
    "customer": Cause("unsaid", "", REASONS["customer"]),
    "service": Cause("service", "service_quality", REASONS["service"]),
    "staff": Cause("staff", "service_quality", REASONS["staff"]),
    "policy": Cause("policy", "", REASONS["policy"]),
    "bank": Cause("bank", "", REASONS["bank"]),
    "death": Cause("life", "", REASONS["death"]),
    "relocation": Cause("life", "", REASONS["relocation"]),
    "divorce": Cause("life", "", REASONS["divorce"]),
}
"""The usual reason map: code → cause. A bank changes it by a record of the kind ``reason_map``."""

REASON_LABELS: Mapping[str, str] = {
    "competitor": _("A competitor's offer"),
    "rate": _("Better rates elsewhere"),
    "fee": _("Fees"),
    "product": _("Products did not suit"),
    "value_added": _("Missing value-added services"),
    "need": _("Needs changed"),
    "customer": _("Own wish, no reason given"),
    "service": _("Poor service"),
    "staff": _("Staff"),
    "policy": _("Policy or rules"),
    "bank": _("Closed by the bank"),
    "death": _("Death"),
    "relocation": _("Moved away"),
    "divorce": _("Divorce"),
    "": _("No reason recorded"),
}

ALIASES: Mapping[str, tuple[str, ...]] = {
    "competitor": ("竞争对手", "同业竞争", "他行", "同业"),
    "rate": ("利率", "利率低", "收益率"),
    "fee": ("收费", "费用", "手续费"),
    "product": ("产品", "产品原因"),
    "value_added": ("增值服务", "增值"),
    "need": ("需求变化", "需求"),
    "customer": ("客户原因", "个人原因", "客户"),
    "service": ("服务", "服务质量", "服务差"),
    "staff": ("员工", "人员"),
    "policy": ("政策",),
    "bank": ("银行", "银行原因"),
    "death": ("死亡", "身故"),
    "relocation": ("搬迁", "迁居", "异地"),
    "divorce": ("离婚",),
}
"""What else a reason is called."""

_APART = re.compile(r"[;,|/，；、]+")


def reason_codes(written: str | None, known: Collection[str] = CAUSES) -> list[str]:
    """Every reason in a bank's cell as its code, in order, each once; a word that stands for none is itself in small letters.

    >>> reason_codes("Rate; 服务; moon"), reason_codes("利率"), reason_codes(None)
    (['rate', 'service', 'moon'], ['rate'], [])
    """
    words = [p.strip().lower() for p in _APART.split(written or "") if p.strip()]
    return list(dict.fromkeys(w if w in known else next((c for c, named in ALIASES.items() if w in named), w) for w in words))


COMPLAINT_DEFICITS: Mapping[str, str] = {
    "product": "innovation",
    "service": "service_quality",
    "price": "opaque_price",
    "value_added": "value_added",
}
"""Category of a complaint → the deficit that it points to. METHODS A1 2.2."""

COMPLAINT_LABELS: Mapping[str, str] = {
    "product": _("Products"),
    "service": _("Service"),
    "price": _("Rates and fees"),
    "value_added": _("Value-added services"),
    "security": _("Security"),
    "": _("No category"),
}

SCALE = (1.0, 5.0)
"""The scale of satisfaction and of every survey item."""

EXPECTATIONS: Mapping[str, str] = {
    "q_personal": _("Personal service"),
    "q_convenient": _("Convenience"),
    "q_efficient": _("Efficiency"),
    "q_secure": _("Security"),
}
"""Survey item → what customers expect of a bank. METHODS A1 2.1."""
