"""The sliders of the definition lab, and the definitions that they make."""

from dataclasses import replace

import streamlit as st

from churn_dash.contract.definitions import (
    DEFINITIONS,
    FORMS,
    WINDOWS,
    AssetDecline,
    ChurnDefinition,
    Dormancy,
    Form,
    Settings,
    put_together,
    with_settings,
)
from churn_dash.contract.tiers import DIVISORS, FLOORS, LABELS, TIER_RULES, TierDown, floors_of
from churn_dash.measures.lab.comparison import HORIZON
from churn_dash.store.lacking import not_shown
from churn_dash.ui import session
from churn_dash.ui.parts import controls
from churn_dash.ui.problems import errors_shown
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Text, _

_DAYS = (30, 60, 90, 120, 150, 180, 270, 365, 540, 730)
_BALANCES = (0, 10, 100, 500, 1_000, 5_000, 10_000)
_SHARES = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7)
_GRACE = (1, 2, 3, 4, 5, 6, 9, 12)
_GRACE_DAYS = (0, 30, 60, 90, 180)
_BASELINES = (1_000, 5_000, 10_000, 20_000, 50_000, 100_000)
_HORIZONS = (1, 2, 3, 6, 9, 12, 18, 24)


def settings(question: PageQuestion) -> Settings | None:
    """The sliders; their defaults are the settings in force. None where what was typed cannot be, with the sentence why."""
    s, known = question.ds.settings, question.ds.definitions
    d, a, t = s.dormancy, s.asset_decline, s.tier_down
    if "dormant" in known:
        days = _number(_("Dormancy: days without a transaction"), "days", _DAYS, d.days, "{n} days")
        balance = _number(_("Dormancy: balance at most"), "balance", _BALANCES, d.balance, "¥{n}")
        grace = _number(_("Dormancy: taken back where it ends within"), "grace-days", _GRACE_DAYS, d.grace_days, "{n} days")
        d = Dormancy(int(days), balance, int(grace))
    if "asset_out" in known:
        share = _number(_("Asset decline: share left, at most"), "share", _SHARES, a.share, "")
        window = _number(_("Asset decline: compared with months before"), "window", WINDOWS, a.window, "{n} months")
        least = _number(_("Asset decline: balances before, at least"), "baseline", _BASELINES, a.least_baseline, "¥{n}")
        a = AssetDecline(share, int(window), least)
    if "tier_down" in known:
        words = {r.name: session.say(r.label) for r in TIER_RULES.values()}
        rule = controls.choice(session.say(_("Tier downgrade: rule of")), list(words), key="rule", words=words.__getitem__, default=t.rule)
        usual = t.applied.months if rule == t.rule else TIER_RULES[rule].months
        months = int(_number(_("Tier downgrade: months below the tier"), "grace", _GRACE, usual, "{n} months"))
        t = replace(t, rule=rule, months=0 if months == TIER_RULES[rule].months else months)
    found, together = None, _together(question)
    with errors_shown():
        found = Settings(d, a, _tiers(t), s.stages, together=together)
    return found  # noqa: RET504 - errors_shown swallows


def _tiers(now: TierDown) -> TierDown:
    """With the thresholds and averages on the page. Raises ``BadInput`` for what is no amount."""
    held, hint = dict(now.floors), session.say(_("Least month-average balances, CNY. Empty: the bank has no such tier."))
    with st.expander(session.say(_("Tiers and their thresholds"))):
        said = {
            name: controls.text(
                session.say(Text(_("{tier} from, ¥"), tier=LABELS[name])),
                key=f"lab-floor-{name}",
                default=f"{held[name]:,.15g}" if name in held else "",
                help=hint,
            )
            for name in list(FLOORS)[1:]
        }
        divisor = controls.choice(
            session.say(_("Month averages of the tiers: daily balances divided by")),
            list(DIVISORS),
            key="lab-divisor",
            words=lambda code: session.say(DIVISORS[code]),
            default=now.divisor,
        )
    return replace(now, floors=floors_of(said), divisor=divisor)


def _together(question: PageQuestion) -> tuple[Form, ...]:
    """The forms of the own definition; fewer than two are none."""
    listed = [f for f in FORMS if f in question.ds.definitions]
    picked = controls.choices(
        session.say(_("Own definition: whichever comes first of")),
        listed,
        key="own-forms",
        words=lambda f: session.say(DEFINITIONS[f].label),
        default=question.ds.settings.together,
    )
    if len(picked) == 1:
        st.caption(session.say(_("Choose at least two forms, or none.")))
    return put_together(picked) if len(picked) > 1 else ()


_WORDS = {"{n} days": _("{n} days"), "{n} months": _("{n} months"), "¥{n}": _("¥{n}")}


def _number(label: str, key: str, options: tuple[float, ...], default: float, template: str) -> float:
    """One number of a closed list, the default among them."""
    known = sorted({*options, default})
    codes = [f"{x:g}" for x in known]

    def words(code: str) -> str:
        if not template:
            return session.look().show(float(code), "ratio").replace(".00%", "%")
        return session.say(Text(_WORDS[template], n=f"{float(code):,.0f}"))

    return float(controls.slider(session.say(label), codes, key=f"lab-{key}", words=words, default=f"{default:g}"))


def rules(question: PageQuestion, chosen: Settings) -> dict[str, ChurnDefinition]:
    """Every definition that the data can answer, with these settings."""
    there = question.ds.definitions
    return {n: d for n, d in with_settings(chosen).items() if (d.forms and set(d.forms) <= set(there)) or (n in there and n != "own")}


def not_shown_words(question: PageQuestion, chosen: Settings) -> list[str]:
    """The definitions that the data cannot show, and what data would make them possible; a sentence each."""
    return [session.say(Text(_("Not shown: {reason}."), reason=why)) for why in not_shown(question.ds, with_settings(chosen)).values()]


def horizon_control() -> int:
    """Choose for how many months those found lost, and those who really leave, are followed."""
    return int(_number(_("Followed afterwards"), "horizon", _HORIZONS, HORIZON, "{n} months"))
