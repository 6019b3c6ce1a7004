"""How long customers stay."""

from typing import Annotated

import typer

from churn_dash.cli.common import AsJson, AtVersion, Definition, FromMonth, Only, ToMonth, Where, app, opened, printed, ranged, tagged
from churn_dash.cli.measure import asked
from churn_dash.words.numbers import DASH


@app.command()
def survival(
    workspace: Where = None,
    by: Annotated[str | None, typer.Option(help="Dimension whose levels are set beside one another.")] = None,
    where: Only = None,
    start: FromMonth = None,
    end: ToMonth = None,
    definition: Definition = None,
    version: AtVersion = None,
    as_json: AsJson = False,
) -> None:
    """How long customers stay: survival by months since they joined, by group and by cause; pace by age; time from the first sign."""
    from churn_dash.measures.tenure.signals import signals
    from churn_dash.measures.tenure.silence import silence
    from churn_dash.measures.tenure.survival import Survival, survival
    from churn_dash.measures.tenure.threads import threads

    ds = opened(workspace, version)
    question = asked(ds, where, start, end, definition)
    found = survival(question, by)
    signs = signals(question)
    broken, quiet = threads(question), silence(question)
    result = {"version": ds.version, **found.as_json(), **tagged(ds, found.definition), "signals": [s.as_json() for s in signs]}
    result |= {"threads": broken.as_json(), "silence": quiet and quiet.as_json()}

    def line(group: Survival, name: str) -> str:
        told = [(m, group.at(m)) for m in (12, 36, 60, 120)]
        shares = "  ".join(f"{m // 12}y {ranged(*share, 'ratio', group.at_risk(m))}" for m, share in told if share[0] is not None)
        return f"{name}  n={group.n} left={group.n_left}  median {_span(*group.median)} months  {shares}"

    def text() -> str:
        lines = [line(found.whole, "all"), *(line(g, g.level or DASH) for g in found.groups)]
        if found.difference is not None:
            lines.append(f"log-rank {found.difference.chi2:.2f}, df {found.difference.df}, p {found.difference.p:.2g}")
        lines += [f"{s.kind}: {s.n_signal} of {s.n_left} who left, first sign {_span(s.median, s.low, s.high)} days before" for s in signs]
        for t in broken.threads:
            left, stayed = ranged(t.share, t.low, t.high, "ratio", t.n_ran), (t.stayed_share, t.stayed_low, t.stayed_high)
            days = _span(t.median, t.median_low, t.median_high)
            lines.append(
                f"{t.kind}: broke before {left} left, {days} days before; first of {t.n_first} of {broken.n_broken}; "
                f"of those who stayed {ranged(*stayed, 'ratio', t.stayed_ran)}"
            )
        lines += [f"{' → '.join(' + '.join(step) for step in o.steps)}: {o.n} of {broken.n_several}" for o in broken.orders]
        for s in quiet.states if quiet else ():
            happened = ranged(s.observed, s.observed_low, s.observed_high, "ratio", s.n_start)
            told = f"{_span(s.months, s.low, s.high)} months to the loss; lost in the period {happened}"
            lines.append(
                f"{s.state}: {told}, by the model {ranged(s.foretold, None, None, 'ratio')}{', which misses it' if s.model_misses else ''}"
            )
        return "\n".join(lines)

    printed(result, as_json, text)


def _span(value: float | None, low: float | None, high: float | None) -> str:
    """A span of time with its range; an end that is not reached yet is a dash."""
    middle, *ends = (DASH if x is None else f"{x:.1f}" for x in (value, low, high))
    return middle if low is None and high is None else f"{middle} ({ends[0]} – {ends[1]})"
