"""Who the lost customers were, beside those who stayed: features, consumption, service needs, competitors. Source: METHODS A1 8.3.1."""

import math
from dataclasses import dataclass

import polars as pl

from churn_dash.causes.reading import Asked, cohort, gone, resolved
from churn_dash.errors import NotPossible
from churn_dash.marks import _
from churn_dash.measures.question import Question
from churn_dash.measures.statistics.intervals import normal_quantile
from churn_dash.store.reading import fetched, some_columns

ALIKE = 0.1
"""Standardised difference below which two groups count as alike. METHODS C5."""
RECENT_DAYS = 182
_NUMBERS = {
    "aum_avg": ("features", _("Average balance, ¥"), "money"),
    "product_count": ("features", _("Products held"), "number"),
    "txn_count": ("consumption", _("Transactions a month"), "number"),
    "card_txn_count": ("consumption", _("Card transactions a month"), "number"),
    "fee_income": ("consumption", _("Fees a month, ¥"), "money"),
    "net_flow": ("consumption", _("Net inflow a month, ¥"), "money"),
    "loan_balance": ("consumption", _("Loan balance, ¥"), "money"),
    "autopay_count": ("consumption", _("Standing payments a month"), "number"),
    "login_count": ("service", _("Logins a month"), "number"),
    "branch_visits": ("service", _("Branch visits a month"), "number"),
}
_LOGGED = ("aum_avg", "income_monthly", "loan_balance", "fee_income")
"""Compared on a logarithmic scale, so that a few rich customers do not decide; shown as medians."""
_HELD = {
    "aum_avg": _("Holds any balance"),
    "fee_income": _("Paid fees"),
    "net_flow": _("More came in than went out"),
    "loan_balance": _("Has a loan"),
    "income_monthly": _("Has an income"),
}
"""Of an amount that most of both sides do not have at all, the share that has any is what sets them apart."""
_LEVELS = ("customer_type", "gender", "education", "occupation", "risk_appetite", "tier", "tenure_band")


@dataclass(frozen=True)
class Feature:
    """One characteristic of those lost and those who stayed.

    ``lost``, ``stayed``: means, medians for amounts (where both are 0 the shares that have any), shares (0–1) for a level.
    ``difference``: lost less stayed in standard deviations, with a 95 % range. ``level`` is a value of the dimension ``name``, empty for
    a number.
    """

    group: str
    name: str
    level: str
    label: str
    unit: str
    lost: float | None
    stayed: float | None
    difference: float | None
    low: float | None
    high: float | None
    n_lost: int
    n_stayed: int


def profile(question: Question) -> tuple[Feature, ...]:
    """Characteristics as they stood before the period, the furthest apart first. Raises ``NotPossible`` where nobody left or nobody
    stayed."""
    ds = question.ds
    asked = resolved(question)
    gone(asked)
    levels = [d.name for d in ds.dimensions if d.name in _LEVELS or d.own_words]
    people = cohort(asked, levels, () if asked.period is None else tuple(_NUMBERS))
    n_lost = int(people["left"].sum())
    if not 1 <= n_lost < len(people):
        raise NotPossible(
            _("A profile needs customers who left and customers who stayed; here {lost} of {n} left."), lost=n_lost, n=len(people)
        )
    found = [_number(values, *about) for values, about in _numbers(asked, people)]
    own = {d.name: d for d in ds.dimensions}
    for name in levels:
        known = people.drop_nulls(name)
        for level in own[name].values:
            hit = known.select("left", pl.col(name) == level)
            found.append(_share(hit.rename({name: "v"}), "features", name, level, own[name].label))
    told = [f for f in found if f is not None and f.difference is not None]
    return tuple(sorted(told, key=lambda f: (-abs(f.difference or 0.0), f.name, f.level)))


About = tuple[str, str, str, str]


def _numbers(asked: Asked, people: pl.DataFrame) -> list[tuple[pl.DataFrame, About]]:
    """left and v of each number known before the period, a row a customer, with group, name, label and unit."""
    found: list[tuple[pl.DataFrame, About]] = []
    if asked.period is None:
        return _of_list(asked, people)
    ds, start = asked.ds, asked.period.start
    for name, (group, label, unit) in _NUMBERS.items():
        found.append((people.select("left", pl.col(name).alias("v")), (group, name, label, unit)))
    about = some_columns(ds, "customers", "customer_id", "birth_date", "open_date", "income_monthly")
    if about is not None:
        theirs = people.select("customer_id", "left").join(about, on="customer_id")
        for name, label in (("birth_date", _("Age, years")), ("open_date", _("Years with the bank"))):
            years = (pl.lit(start) - pl.col(name)).dt.total_days() / 365.25
            found.append((theirs.select("left", years.alias("v")), ("features", name, label, "number")))
        income = theirs.select("left", pl.col("income_monthly").alias("v"))
        found.append((income, ("features", "income_monthly", _("Income a month, ¥"), "money")))
    made = some_columns(ds, "complaints", "customer_id", "created_at")
    if made is not None:
        recent = made.filter(pl.col("created_at").is_between(pl.lit(start) - pl.duration(days=RECENT_DAYS), pl.lit(start), closed="left"))
        found.append((_any(people, recent), ("service", "complained", _("Complained in the half year before"), "ratio")))
    said = some_columns(ds, "surveys", "customer_id", "answered_at", "csat", "survey_id")
    if said is not None:
        last = said.filter((pl.col("answered_at") < start) & pl.col("csat").is_not_null()).sort("answered_at", "survey_id")
        score = last.group_by("customer_id").agg(pl.col("csat").last().cast(pl.Float64).alias("v"))
        found.append((_with_left(people, score), ("service", "csat", _("Last satisfaction, 1 to 5"), "number")))
    held = some_columns(ds, "product_holdings", "customer_id", "bank", "recorded_at", "start_date")
    if held is not None:
        elsewhere = held.filter((pl.col("bank") == "other") & (pl.coalesce("recorded_at", "start_date") < start))
        found.append((_any(people, elsewhere), ("competitor", "other_bank", _("Known to hold a product of another bank"), "ratio")))
    return found


def _any(people: pl.DataFrame, those: pl.DataFrame) -> pl.DataFrame:
    return people.select("left", pl.col("customer_id").is_in(those["customer_id"].unique().implode()).cast(pl.Float64).alias("v"))


def _with_left(people: pl.DataFrame, values: pl.DataFrame) -> pl.DataFrame:
    return people.select("customer_id", "left").join(values, on="customer_id")


def _of_list(asked: Asked, people: pl.DataFrame) -> list[tuple[pl.DataFrame, About]]:
    """The numbers of a list without months: those of the contract and the bank's own."""
    present = {str(r[0]): str(r[1]) for r in asked.ds.cursor().execute("describe month_rows").fetchall()}
    numeric = ("BIGINT", "DOUBLE", "INTEGER", "FLOAT", "HUGEINT", "SMALLINT", "TINYINT")
    own = {a.column: a.label for a in asked.ds.attributes if a.kind == "number"}
    wanted: dict[str, About] = {n: (g, n, label, unit) for n, (g, label, unit) in _NUMBERS.items() if present.get(n) in numeric}
    wanted |= {c: ("features", c, label, "number") for c, label in own.items() if present.get(c) in numeric}
    found: list[tuple[pl.DataFrame, About]] = []
    for name, about in wanted.items():
        sql = f'select p.customer_id, CAST(m."{name}" AS DOUBLE) as v from month_rows m join people p on p.c = m.c'
        found.append((_with_left(people, fetched(asked.ds, sql)), about))
    return found


def _number(rows: pl.DataFrame, group: str, name: str, label: str, unit: str) -> Feature | None:
    known = rows.drop_nulls("v").filter(pl.col("v").is_finite())
    if unit == "ratio":
        return _share(known.with_columns(pl.col("v") > 0), group, name, "", label)
    sides = [known.filter(pl.col("left"))["v"], known.filter(~pl.col("left"))["v"]]
    if name in _HELD and all(len(s) and s.median() == 0 for s in sides):
        return _share(known.with_columns(pl.col("v") > 0), group, name, "", _HELD[name])
    scaled = [((s.clip(0) + 1).log() if name in _LOGGED else s) for s in sides]
    spread = [(float(s.mean()), float(s.std() or 0.0)) if len(s) > 1 else (None, None) for s in scaled]  # type: ignore[arg-type]
    (m1, s1), (m0, s0) = spread
    if m1 is None or m0 is None or s1 is None or s0 is None:
        return None
    pooled = math.sqrt((s1**2 + s0**2) / 2)
    shown = [_float(s.median() if unit == "money" else s.mean()) for s in sides]
    return _feature(group, name, "", label, unit, shown, (m1 - m0) / pooled if pooled else None, (len(sides[0]), len(sides[1])))


def _float(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _share(rows: pl.DataFrame, group: str, name: str, level: str, label: str) -> Feature | None:
    sides = [rows.filter(pl.col("left"))["v"], rows.filter(~pl.col("left"))["v"]]
    if min(map(len, sides)) < 2:
        return None
    p1, p0 = (float(s.cast(pl.Float64).mean() or 0.0) for s in sides)  # type: ignore[arg-type]
    pooled = math.sqrt((p1 * (1 - p1) + p0 * (1 - p0)) / 2)
    return _feature(group, name, level, label, "ratio", [p1, p0], (p1 - p0) / pooled if pooled else None, (len(sides[0]), len(sides[1])))


def _feature(
    group: str, name: str, level: str, label: str, unit: str, shown: list[float | None], d: float | None, n: tuple[int, int]
) -> Feature:
    """The difference with the usual large-sample error of a standardised mean difference (Hedges and Olkin)."""
    low = high = None
    if d is not None:
        half = normal_quantile() * math.sqrt(1 / n[0] + 1 / n[1] + d**2 / (2 * (n[0] + n[1])))
        low, high = d - half, d + half
    return Feature(group, name, level, label, unit, shown[0], shown[1], d, low, high, *n)
