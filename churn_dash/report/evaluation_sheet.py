"""The evaluation on one page to print and to send on: indicators against targets, money, improvements. Source: METHODS A1 9.3.1, 10.1."""

import html
import pathlib
from collections.abc import Sequence
from dataclasses import dataclass

from churn_dash.campaigns import FOOTNOTE
from churn_dash.errors import BadInput
from churn_dash.evaluation.actions.observed import Observed
from churn_dash.evaluation.answers import answer
from churn_dash.evaluation.ledger.decision import Decision
from churn_dash.evaluation.ledger.opened import CAMPAIGNS, Ledger
from churn_dash.evaluation.scorecard import Line, Scorecard
from churn_dash.evaluation.targets.verdicts import MARKS, VERDICTS
from churn_dash.marks import _
from churn_dash.store import Dataset
from churn_dash.words import Money, Month, Ratio, Text, say, show

MOST_IMPROVEMENTS = 6
DIRECTIONS = {
    "better": _("moved the right way"),
    "worse": _("moved the wrong way"),
    "unclear": _("no change beyond chance"),
    "trend": _("its own trend explains the change"),
    "none": _("not observed yet"),
}
_TITLE = _("Evaluation of churn management")
_WIDTH, _HEIGHT = 110, 22


@dataclass(frozen=True)
class Sheet:
    """What stands on the page."""

    card: Scorecard
    ledger: Ledger
    improvements: tuple[Observed, ...]
    version: int
    as_of: str


def sheet(ds: Dataset, card: Scorecard, ledger: Ledger, improvements: Sequence[Observed]) -> Sheet:
    """The page of what was measured; examples that nobody has taken over are left out."""
    own = tuple(o for o in improvements if not o.action.example)[:MOST_IMPROVEMENTS]
    return Sheet(card, ledger, own, ds.version, ds.data_end.isoformat() if ds.data_end else "—")


def page(one: Sheet, language: str = "en") -> str:
    """The sheet as one HTML page that needs nothing else and prints on one A4 page."""

    def said(what: str | Text) -> str:
        return html.escape(say(what, language))

    churn = one.card.of("churn_rate")
    about = Text(_("{period} · data version {version} · as of {date}"), period=_period(one.card), version=one.version, date=one.as_of)
    parts = [
        f"<header><p class=q>{said(_TITLE)} · {said(about)}</p><h1>{_capital(said(answer(one.card)))}</h1></header>",
        _table(one.card, language),
        f"<h2>{said(_('Money'))}</h2>",
        "<ul>" + "".join(f"<li>{said(t)}</li>" for t in _money(one.ledger)) + "</ul>",
        f"<h2>{said(_('Improvements'))}</h2>",
        _improvements(one, language),
        f"<footer><p>{said(churn.tag)}.</p><p>{said(_READING)}</p><p>{said(FOOTNOTE)}</p></footer>",
    ]
    title = said(_TITLE)
    code = "zh-CN" if language == "zh" else "en"
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title><style>{_STYLE}</style>'
    return f'<!doctype html><html lang="{code}"><head>{head}</head><body>{"".join(parts)}</body></html>'


_READING = _(
    "● the whole 95% range meets the target; ◐ met and ◔ not met, but chance alone could decide; ○ not met. "
    "Saves are those beyond the hold-out's rate; raw saves count nowhere."
)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _period(card: Scorecard) -> Text:
    period = card.measured.period
    if period is None:
        return Text(_("one row a customer, no months"))
    return Text(_("{start} to {end}"), start=Month(period.start), end=Month(period.end))


def _table(card: Scorecard, language: str) -> str:
    heads = (_("Indicator"), _("Actual"), _("95% range"), _("Course"), _("Target"), _("Verdict"), _("Owner"))
    top = "".join(f"<th>{html.escape(say(h, language))}</th>" for h in heads)
    rows = "".join(_row(line, language) for line in card.lines)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{rows}</tbody></table>"


def _row(line: Line, language: str) -> str:
    f, about = line.figure, line.figure.indicator
    e = f.estimate
    label = html.escape(say(about.label, language))
    if f.tag is not None:
        label += f" <span class=g>{html.escape(say(f.tag, language))}</span>"
    if f.note is not None and e.value is not None:
        label += f"<br><span class=g>{html.escape(say(f.note, language))}</span>"
    spread = "—" if e.low is None or e.high is None else f"{show(e.low, about.unit, language)} – {show(e.high, about.unit, language)}"
    if e.value is None and f.why_not is not None:
        why = html.escape(say(f.why_not, language))
        needs = html.escape(say(about.needs, language))
        actual = f"<td>—</td><td colspan=2 class=why>{why} {needs}</td>"
    else:
        actual = f"<td><b>{show(e.value, about.unit, language)}</b></td><td>{spread}</td><td>{spark_svg([s.value for s in f.trend])}</td>"
    target = "—" if line.target.value is None else show(line.target.value, about.unit, language)
    verdict = f"{MARKS[line.verdict]} {html.escape(say(VERDICTS[line.verdict], language))}"
    owner = html.escape(line.target.owner or "—")
    return f"<tr class={line.verdict}><td>{label}</td>{actual}<td>{target}</td><td class=v>{verdict}</td><td>{owner}</td></tr>"


def spark_svg(values: Sequence[float | None]) -> str:
    """The course of a figure as a small line; a gap where it is undefined; nothing below two values.

    >>> spark_svg([1.0])
    ''
    >>> "polyline" in spark_svg([1.0, 2.0, 3.0])
    True
    """
    known = [v for v in values if v is not None]
    if len(known) < 2:
        return ""
    low, high = min(known), max(known)
    step = _WIDTH / (len(values) - 1)
    at = [None if v is None else (i * step, _HEIGHT - 2 - (v - low) / ((high - low) or 1) * (_HEIGHT - 4)) for i, v in enumerate(values)]
    lines, current = [], []
    for point in [*at, None]:
        if point is not None:
            current.append(f"{point[0]:.1f},{point[1]:.1f}")
        elif current:
            lines.append(f'<polyline points="{" ".join(current)}"/>')
            current = []
    return f'<svg viewBox="-2 0 {_WIDTH + 4} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}" aria-hidden="true">{"".join(lines)}</svg>'


def _money(ledger: Ledger) -> list[Text]:
    one = ledger.of(CAMPAIGNS)
    if one.amount is None:
        return [Text(_("What campaigns brought in cannot be told: {why}"), why=one.why_not or "—")]
    pool = ledger.pool
    found = [
        Text(
            _("Campaigns with a random hold-out cost {cost} and brought in {net} after that cost ({low} to {high})."),
            cost=Money(pool.cost),
            net=Money(one.amount),
            low=Money(pool.net.low),
            high=Money(pool.net.high),
        )
    ]
    if one.break_even is not None and pool.rate.value is not None:
        rates = {"rate": Ratio(one.break_even), "now": Ratio(pool.rate.value)}
        found.append(Text(_("They pay from a save rate of {rate} on; measured are {now}."), **rates))
    if one.flipping:
        found.append(Text(_("What alone would turn the result within its range: {names}."), names=turned_by(one)))
    return found


def turned_by(decision: Decision) -> Text:
    """The inputs that turn a decision, by name."""
    first, *rest = decision.flipping
    names = Text("{one}", one=first.label)
    for swing in rest:
        names = Text(_("{one}, {two}"), one=names, two=swing.label)
    return names


def _improvements(one: Sheet, language: str) -> str:
    if not one.improvements:
        return f"<p>{html.escape(say(_('No improvement is recorded yet.'), language))}</p>"
    return "<ul>" + "".join(f"<li>{_improvement(o, language)}</li>" for o in one.improvements) + "</ul>"


def _improvement(o: Observed, language: str) -> str:
    a = o.action
    words = [a.name, a.date.isoformat() if a.date else "—", a.owner or "—"]
    moved = Text(_("{what}: {direction}"), what=o.watch.label, direction=DIRECTIONS[o.course])
    grade = html.escape(say(Text(_("evidence {grade}"), grade="D"), language))
    return f"{html.escape(' · '.join([*words, say(moved, language)]))} <span class=g>{grade}</span>"


def write(one: Sheet, out: pathlib.Path, language: str = "en") -> None:
    """The page as a file. ``BadInput`` for an ending other than .html, or a place that cannot be written to."""
    if out.suffix.lower() not in (".html", ".htm"):
        raise BadInput(_("The report is written as .html; {name} is not."), name=out.name)
    try:
        out.write_text(page(one, language), encoding="utf-8")
    except OSError as problem:
        raise BadInput(_("{path} cannot be written to; choose another place."), path=out) from problem


_STYLE = (
    "@page{size:A4 landscape;margin:11mm}*{box-sizing:border-box}body{font:12.5px/1.45 'IBM Plex Sans',system-ui,'PingFang SC',"
    "'Microsoft YaHei','Noto Sans CJK SC',sans-serif;color:#111827;max-width:1080px;margin:20px auto;padding:0 16px;"
    "font-variant-numeric:tabular-nums}"
    "h1{font-size:21px;line-height:1.25;margin:0 0 10px}h2{font-size:13.5px;margin:12px 0 2px}.q{color:#566070;margin:0 0 2px}"
    "table{border-collapse:collapse;width:100%}th{font-weight:600;color:#566070;text-align:left;font-size:11.5px}"
    "th,td{padding:4px 8px 4px 0;border-bottom:1px solid #e3e7ed;vertical-align:middle}svg{display:block}"
    "polyline{fill:none;stroke:#1f5fbf;stroke-width:1.8;stroke-linejoin:round;stroke-linecap:round}.g{color:#566070;font-size:11px}"
    ".why{color:#566070}.v{white-space:nowrap}.met .v{color:#1f5fbf;font-weight:600}"
    ".met_within_chance .v,.missed_within_chance .v{color:#a8480b}"
    ".missed .v{color:#a8480b;font-weight:600}.no_target .v,.undefined .v,.other_span .v{color:#566070}ul{margin:0;padding-left:18px}"
    "li{margin:1px 0}footer{color:#566070;font-size:11px;margin-top:12px}footer p{margin:2px 0}"
    "@media print{body{margin:0;padding:0;max-width:none}"
    "tr,li{break-inside:avoid}}@media(max-width:700px){table{display:block;overflow-x:auto}}"
)
