"""A second way to every churn figure: a plain loop over customers and days, written from METHODS B0 and B1 alone."""

import calendar
import datetime
from collections import defaultdict

import polars as pl

ONE = datetime.timedelta(days=1)
FAR = datetime.date(2999, 1, 1)


def end_of(month: datetime.date) -> datetime.date:
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def next_month(month: datetime.date, k: int = 1) -> datetime.date:
    n = month.year * 12 + month.month - 1 + k
    return datetime.date(n // 12, n % 12 + 1, 1)


class Brute:
    """Spells of each customer under one definition, worked out one customer at a time."""

    def __init__(self, tables: dict[str, pl.DataFrame], definition: str) -> None:
        self.rows: dict[str, dict[datetime.date, dict]] = defaultdict(dict)
        for row in tables["customer_month"].to_dicts():
            self.rows[row["customer_id"]][row["month"]] = row
        months = sorted({m for r in self.rows.values() for m in r})
        counts = {m: sum(m in r for r in self.rows.values()) for m in months}
        self.months = [
            m
            for i, m in enumerate(months)
            if not all(
                counts[m] < 0.8 * counts[n]
                for n in [x for x in (months[i - 1] if i else None, months[i + 1] if i + 1 < len(months) else None) if x]
            )
            or (i == 0)
        ]
        self.first, self.last = months[0], end_of(months[-1])
        self.accounts = defaultdict(list)
        for a in tables.get("accounts", pl.DataFrame()).to_dicts():
            self.accounts[a["customer_id"]].append((a["open_date"], a["close_date"] or FAR))
        opened = {r["customer_id"]: r["open_date"] for r in tables.get("customers", pl.DataFrame()).to_dicts()}
        closures = {
            r["customer_id"]: r["event_date"] for r in tables.get("churn_events", pl.DataFrame()).to_dicts() if r["form"] == "close"
        }
        for c in self.rows:
            if not self.accounts[c]:
                self.accounts[c].append((opened.get(c) or min(self.rows[c]), closures.get(c, FAR)))
        self.ids = sorted(set(self.rows) | set(self.accounts))
        self.spells = {c: self._spells(c, definition) for c in self.ids}

    def _spells(self, c: str, definition: str) -> list[tuple[datetime.date, datetime.date, bool]]:
        """(start, end, ended by an event)."""
        accounts = sorted(self.accounts[c])
        merged: list[list[datetime.date]] = []
        for opened, closed in accounts:
            if merged and opened <= merged[-1][1]:
                merged[-1][1] = max(merged[-1][1], closed)
            else:
                merged.append([opened, closed])
        forms = {"close", "absent", "dormant"} if definition == "first" else set(definition.split("+"))
        if definition == "close":
            return [(a, b, b <= self.last) for a, b in merged]
        events = []  # (day, active again on or after)
        if "absent" in forms:
            seen = [m for m in self.months if m in self.rows[c]]
            missing = [m for m in self.months if seen and m > max(self.rows[c])]
            if missing:
                events.append((end_of(missing[0]), FAR))
        if "dormant" in forms:
            events += self._dormant(c)
        if "asset_out" in forms:
            events += self._asset_out(c)
        if "tier_down" in forms:
            events += self._tier_down(c)
        if definition == "absent":
            start = merged[0][0]
            return [(start, min([d for d, _ in events], default=FAR), bool(events))]
        out = []
        for a, b in merged:
            start = a
            while start < b:
                inside = [(d, back) for d, back in events if back > start and d <= b and d >= self.first]
                inside = [(d, back) for d, back in inside if d > start or back > start]
                hit = min(inside, default=None)
                if hit is None:
                    out.append((start, b, "close" in forms and b <= self.last))
                    break
                day, back = hit
                if day > start:
                    out.append((start, day, True))
                start = max(back, start)
        return out

    def _asset_out(self, c: str) -> list[tuple[datetime.date, datetime.date]]:
        """(day it fired, day it was over) for each asset decline: two months at 20 % of the baseline, over after two above it."""

        def aum(i: int) -> float:
            row = self.rows[c].get(self.months[i])
            return float("nan") if row is None or row["aum_avg"] is None else row["aum_avg"]

        found, base = [], None
        for i in range(6, len(self.months)):
            low, now = aum(i - 1), aum(i)
            if base is None:
                mean = (aum(i - 6) + aum(i - 5) + aum(i - 4)) / 3
                if mean >= 10_000 and low <= 0.2 * mean and now <= 0.2 * mean:
                    base = mean
                    found.append((end_of(self.months[i]), FAR))
            elif low > 0.2 * base and now > 0.2 * base:
                base = None
                found[-1] = (found[-1][0], end_of(self.months[i]))
        return found

    def _tier_down(self, c: str) -> list[tuple[datetime.date, datetime.date]]:
        """(day a tier was lost, day it was in force again), by the rule of Bohai Bank: METHODS B3."""
        found, lost, before = [], None, None
        for m, tier in self.tiers(c).items():
            if before is not None and lost is None and tier < before:
                lost = before
                found.append((end_of(m), FAR))
            elif lost is not None and tier >= lost:
                found[-1], lost = (found[-1][0], end_of(m)), None
            before = tier
        return found

    def tiers(self, c: str) -> dict[datetime.date, int]:
        """The rank of the tier in force in each month from the customer's first on, by the rule of Bohai Bank: METHODS B3."""
        floors = [float("-inf"), 50_000, 300_000, 1_000_000, 6_000_000]
        names = ["mass", "affluent", "gold", "platinum", "private"]

        def level(x: float) -> int:
            return max(i for i, floor in enumerate(floors) if x >= floor)

        found: dict[datetime.date, int] = {}
        if not self.rows[c]:
            return found
        following, run = names.index(self.rows[c][min(self.rows[c])]["tier"]), 0
        for m in sorted({m for rows in self.rows.values() for m in rows if m >= min(self.rows[c])}):
            row = self.rows[c].get(m)
            found[m] = tier = following
            if row is None:
                continue
            run = run + 1 if level(row["aum_avg"]) < tier else 0
            if run >= (6 if tier == 4 else 3):
                following, run = level(row["aum_avg"]), 0
            else:
                following = max(tier, level(row["aum_avg"]))
        return found

    def _dormant(self, c: str) -> list[tuple[datetime.date, datetime.date]]:
        """(day it was true, day it was true no more) for each run, runs of a single month that ended left out."""
        state, run, held = [], 0, False
        for m in self.months:
            row = self.rows[c].get(m)
            if row is None or row["txn_count"] is None:
                run = 0
            else:
                run = run + 1 if row["txn_count"] == 0 else 0
                bound = any((row.get(k) or 0) > 0 for k in ("loan_balance", "wealth_avg", "fund_avg"))
                held = run >= 6 and row["aum_end"] <= 100 and not bound
            state.append(held)
        found, i = [], 0
        while i < len(state):
            if state[i]:
                j = i
                while j < len(state) and state[j]:
                    j += 1
                if j == len(state):
                    found.append((end_of(self.months[i]), FAR))
                elif j - i > 1:
                    found.append((end_of(self.months[i]), end_of(self.months[j])))
                i = j
            else:
                i += 1
        return found

    def active(self, c: str, day: datetime.date) -> bool:
        return any(a <= day < b for a, b, _ in self.spells[c])

    def figures(self, start: datetime.date, end: datetime.date, ids: set[str] | None = None) -> dict[str, float]:
        """Counts of METHODS B1 for the period of whole months [start, end], months as first days."""
        before, last = start - ONE, end_of(end)
        there = [c for c in self.ids if self.active(c, before) and (ids is None or c in ids)]
        gone = [c for c in there if any(a <= before < b and event and b <= last for a, b, event in self.spells[c])]
        back = [c for c in gone if self.active(c, last)]
        joiners = [c for c in self.ids if self.spells[c] and start <= self.spells[c][0][0] <= last and (ids is None or c in ids)]
        early = [c for c in joiners if self.spells[c][0][2] and self.spells[c][0][1] <= last]
        exposure = events = 0
        for c in self.ids:
            if ids is None or c in ids:
                for a, b, event in self.spells[c]:
                    exposure += max(0, (min(b, last) - max(a, start)).days + 1)
                    events += event and start <= b <= last
        month_before = next_month(start, -1)
        aum = {c: (self.rows[c].get(month_before) or {}).get("aum_end") or 0.0 for c in there}
        return {
            "active_at_start": len(there),
            "churned": len(gone),
            "returned": len(back),
            "joiners": len(joiners),
            "joiners_churned": len(early),
            "exposure_days": exposure,
            "events": events,
            "aum_start_sum": sum(aum.values()),
            "aum_start_churned": sum(aum[c] for c in gone),
        }
