"""The definition lab and the official definition."""

from dataclasses import replace
from typing import Annotated, Any

import typer

from churn_dash.cli.common import AsJson, AtVersion, FromMonth, ToMonth, Where, app, printed, progress, ranged, tagged, workspace_path
from churn_dash.cli.measure import asked
from churn_dash.contract.definitions import Settings, put_together, with_settings
from churn_dash.contract.tiers import Tiers, floors_of
from churn_dash.measures.lab import HORIZON, Lab, Share, compare_definitions
from churn_dash.measures.statistics.intervals import ends
from churn_dash.store import Workspace, freeze
from churn_dash.store.lacking import not_shown
from churn_dash.store.official import history
from churn_dash.words.numbers import DASH


@app.command()
def definitions(
    workspace: Where = None,
    days: Annotated[int | None, typer.Option(help="Dormancy: days without a transaction.")] = None,
    balance: Annotated[float | None, typer.Option(help="Dormancy: at most this much left, CNY.")] = None,
    grace_days: Annotated[int | None, typer.Option(help="Dormancy: taken back where it ends within these days.")] = None,
    share: Annotated[float | None, typer.Option(help="Asset decline: at most this share of before, 0-1.")] = None,
    window: Annotated[int | None, typer.Option(help="Asset decline: the baseline begins 6 or 12 months before.")] = None,
    least_baseline: Annotated[float | None, typer.Option(help="Asset decline: least balances before, CNY.")] = None,
    rule: Annotated[str | None, typer.Option(help="Tier downgrade: bohai or ccb.")] = None,
    months: Annotated[int | None, typer.Option(help="Tier downgrade: months below before it; 0: the rule's own.")] = None,
    floor: Annotated[
        list[str] | None,
        typer.Option(help="TIER=AMOUNT, CNY: where a tier begins; repeatable. TIER= : the bank has no such tier."),
    ] = None,
    divisor: Annotated[str | None, typer.Option(help="Month averages of the tiers over days (of the month) or 30 (CCB).")] = None,
    together: Annotated[str | None, typer.Option(help="Own definition: forms of leaving, such as close+asset_out; none: without.")] = None,
    declining: Annotated[float | None, typer.Option(help="Stages: declining below this share of the three months before.")] = None,
    growing: Annotated[float | None, typer.Option(help="Stages: growing from this share of the three months before.")] = None,
    exploring_months: Annotated[int | None, typer.Option(help="Stages: exploring up to these months with the bank.")] = None,
    least_tenure: Annotated[int | None, typer.Option(help="Stages: declining from these months with the bank.")] = None,
    where: Annotated[list[str] | None, typer.Option(help="DIMENSION=VALUE; repeatable.")] = None,
    start: FromMonth = None,
    end: ToMonth = None,
    horizon: Annotated[int, typer.Option(min=0, max=36, help="Months in which to look for real leaves and returns.")] = HORIZON,
    official: Annotated[str | None, typer.Option("--freeze", help="Make this definition official, with these settings.")] = None,
    title: Annotated[str, typer.Option(help="The bank's name for it, such as 2026-Q3.")] = "",
    version: AtVersion = None,
    as_json: AsJson = False,
) -> None:
    """Definitions of churn side by side on the same customers, with any settings; one is made official."""
    place = Workspace.open(workspace_path(workspace))
    ds = place.dataset(version)
    s = ds.settings
    own = Settings(
        replace(s.dormancy, **_given(days=days, balance=balance, grace_days=grace_days)),
        replace(s.asset_decline, **_given(share=share, window=window, least_baseline=least_baseline)),
        replace(s.tier_down, **_given(rule=rule, months=months, floors=_floors(s, floor), divisor=divisor)),
        replace(
            s.stages,
            **_given(declining=declining, growing=growing, exploring_months=exploring_months, least_tenure=least_tenure),
        ),
        together=s.together if together is None else put_together([] if together == "none" else together.split("+")),
    )
    if official is not None:
        freeze(place, official, title, own, progress=progress(as_json))
        ds = place.dataset(version)
    lab = compare_definitions(asked(ds, where, start, end), with_settings(own), horizon=horizon)
    result: dict[str, Any] = {
        "version": ds.version,
        **tagged(ds, None),
        "official": ds.official and ds.official.as_json(),
        "history": [o.as_json() for o in history(place.root)],
        "settings": own.written(),
        **lab.as_json(),
        "not_shown": {name: str(why) for name, why in not_shown(ds, with_settings(own)).items()},
    }
    printed(result, as_json, lambda: _text(lab, str(result["definition_tag"]), result["not_shown"]))


def _floors(now: Settings, said: list[str] | None) -> Tiers | None:
    return floors_of(dict(now.tier_down.floors) | dict(tier.partition("=")[::2] for tier in said)) if said else None


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _share(found: Share | None) -> str:
    return ranged(found.value, *ends(found.interval), "ratio", found.of) if found else DASH


def _text(lab: Lab, official: str, not_shown: dict[str, str]) -> str:
    followed = f"{lab.leavers:,} of them really left ({lab.leave}) until {lab.until}, the horizon {lab.horizon} months" if lab.leave else ""
    lines = [f"in force: {official}", f"{lab.period.start:%Y-%m} to {lab.period.end:%Y-%m}, {lab.same:,} same customers", followed]
    for j in lab.judged:
        money = ranged(j.aum_share, *ends(j.aum_interval), "ratio")
        found = (_share(j.heads), money, _share(j.caught), _share(j.recovered))
        lines.append(f"{j.tag}: {found[0]} of customers, {found[1]} of balances; {found[2]} of real leavers, {found[3]} came back")
        lead = f"{j.lead_days:g} days (n={j.n_lead})" if j.lead_days is not None else DASH
        lines.append(f"    of the customers there by every definition {_share(j.heads_same)}")
        lines.append(f"    a year before {_share(j.before)}; ahead of leaving by {lead}; by this alone {_share(j.only)}")
    return "\n".join([*filter(None, lines), *(f"not shown: {why}" for why in not_shown.values())])
