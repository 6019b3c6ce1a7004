"""Who leaves, how, when, why, and who comes back. Source: METHODS E2."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from churn_dash.sample.months import WARM_UP, Months
from churn_dash.sample.people import AGE_MEAN, AGE_SD, People
from churn_dash.sample.process import Paths, tenure_effect

REASONS = ("competitor", "rate", "product", "need", "customer", "service", "policy", "bank", "death", "relocation", "divorce")
N_VOLUNTARY = 5
_WHY = np.cumsum([[0.35, 0.25, 0.15, 0.15], [0.30, 0.10, 0.25, 0.20], [0.30, 0.10, 0.15, 0.15], [0.30, 0.15, 0.20, 0.20]], axis=1)
INVOLUNTARY_HAZARD = 0.0008
SILENT, DRIFTING, CONTACTED = 0.3, 0.6, 0.4
RETURN_BASE, RETURN_CONTACTED, RETURN_COMPETITOR, RETURN_MONTHS = -4.2, 0.8, -0.5, 12
RAMP_MONTHS, RAMP_STEP = 3, 0.10
ABSENT, HERE, QUIET, GONE = 0, 1, 2, 3
"""States at the end of a month: not yet a customer, active, silent with an open account, closed."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Matrix = NDArray[np.float32]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Chances:
    """Uniform numbers (months, n), the same whatever the hazard: worlds with and without a campaign share their luck."""

    leave: Matrix
    taken: Matrix
    silent: Matrix
    drift: Matrix
    day: Matrix
    why: Matrix
    contact: Matrix
    back: Matrix
    back_day: Matrix


def chances(rng: np.random.Generator, n_months: int, n: int) -> Chances:
    """Draw the luck of everyone in every month."""
    return Chances(*(rng.random((n_months, n), dtype=np.float32) for _ in Chances.__dataclass_fields__))


@dataclass(frozen=True)
class World:
    """What happened. Exits in order of month; ``back_*`` are -1 without a return."""

    state: NDArray[np.int8]  # (months, n) at the end of each month
    hazard: Matrix  # (months, n) chance to leave of one's own will; NaN when not at risk
    tenure: NDArray[np.int16]  # months since joining or coming back, where at risk
    month: Ints
    customer: Ints
    day: Ints
    voluntary: Flags
    silent: Flags
    drifting: Flags
    reason: Ints  # place in REASONS
    contacted: Flags
    back_month: Ints
    back_day: Ints
    stayed_since: Ints  # month in which the spell that ended had begun
    saved_month: Ints  # who would have left but for a campaign
    saved_customer: Ints

    @property
    def here(self) -> Flags:
        """Has a row in the month: active or silent, (months, n)."""
        return np.asarray((self.state == HERE) | (self.state == QUIET))


def logistic(x: NDArray[np.floating]) -> NDArray[np.floating]:
    """1 / (1 + e^−x)."""
    return np.asarray(1 / (1 + np.exp(-x)))


def involuntary_hazard(of: People, months: Months) -> Matrix:
    """.0008 a month on average, rising 3 % a year of age, (months, n)."""
    mean_factor = np.exp(0.5 * (0.03 * AGE_SD) ** 2)
    return np.asarray(INVOLUNTARY_HAZARD / mean_factor * np.exp(0.03 * (of.age(months.start[:-1]) - AGE_MEAN)), dtype=np.float32)


def reasons(of: People, customer: Ints, voluntary: Flags, luck: NDArray[np.floating], age: Floats) -> Ints:
    """Cause of each exit: by orientation when voluntary; death the likelier the older otherwise."""
    own = (luck[:, None] > _WHY[of.orientation[customer]]).sum(axis=1)
    corporate = of.corporate[customer]
    death = np.where(corporate, 0.0, np.clip(0.12 * np.exp(0.05 * (age - AGE_MEAN)), 0, 0.85))
    rest = (luck - death) / (1 - death)
    # service, policy, bank, relocation, divorce
    forced = np.array([5, 6, 7, 9, 10])[np.searchsorted((0.2, 0.4, 0.65, 0.9), np.clip(rest, 0, 1))]
    forced = np.where(corporate & (forced == 10), 7, forced)
    forced = np.where(luck < death, 8, forced)
    return np.where(voluntary, own, forced).astype(np.int64)


def world(
    of: People,
    path: Paths,
    months: Months,
    luck: Chances,
    intercept: float,
    shift: Matrix | None = None,
    unrest: Matrix | None = None,
) -> World:
    """Let the months pass. ``shift`` (months, n) is added to the log-odds of leaving: what campaigns do.

    ``unrest`` is added too: what happens to members whether they are treated or not.
    """
    n = len(of)
    state = np.full(n, ABSENT, dtype=np.int8)
    since = of.join.copy()
    state[of.join < 0] = HERE
    states = np.empty((months.count, n), dtype=np.int8)
    hazards = np.full((months.count, n), np.nan, dtype=np.float32)
    tenures = np.zeros((months.count, n), dtype=np.int16)
    forced = involuntary_hazard(of, months)
    last_exit = np.full(n, -1)  # the customer's latest exit, as a place in the list below
    exits: list[tuple[Ints, Ints, Flags, Flags, Ints, Flags]] = []
    returns: list[tuple[Ints, int, Ints]] = []
    saved: list[tuple[Ints, int]] = []
    exit_month = np.full(n, -(10**6))
    odds_back = np.full(n, -np.inf)
    count = 0
    for t in range(months.count):
        months_away = t - exit_month
        away = (state >= QUIET) & (months_away >= 1) & (months_away <= RETURN_MONTHS)
        returning = away & (luck.back[t] < logistic(odds_back))
        at_risk = state == HERE
        here_for = t - since
        odds = intercept + path.eta[t] + tenure_effect(here_for)
        usual = logistic(odds if unrest is None else odds + unrest[t])
        hazard = usual if shift is None else logistic((odds if unrest is None else odds + unrest[t]) + shift[t])
        leaves = at_risk & (luck.leave[t] < hazard)
        taken = at_risk & ~leaves & (luck.taken[t] < forced[t])
        hazards[t] = np.where(at_risk, hazard, np.nan)
        tenures[t] = np.where(at_risk, here_for, 0)
        if shift is not None:
            kept = np.flatnonzero(at_risk & (luck.leave[t] < usual) & ~leaves & ~taken)
            saved.append((kept, t))
        quiet = leaves & (luck.silent[t] < SILENT)
        gone = (leaves | taken) & ~quiet
        who = np.flatnonzero(leaves | taken)
        exits.append((who, np.full(len(who), t), leaves[who], quiet[who], since[who], luck.leave[t, who] < usual[who]))
        last_exit[who] = count + np.arange(len(who))
        count += len(who)
        exit_month[who] = t
        competitor = luck.why[t, who] <= _WHY[of.orientation[who], 0]
        odds_back[who] = np.where(
            leaves[who],
            RETURN_BASE + RETURN_CONTACTED * (luck.contact[t, who] < CONTACTED) + RETURN_COMPETITOR * competitor,
            -np.inf,
        )
        again = np.flatnonzero(returning)
        returns.append((last_exit[again].copy(), t, again))
        state[quiet], state[gone] = QUIET, GONE
        state[again], since[again] = HERE, t
        state[(of.join == t)] = HERE
        states[t] = state

    customer = np.concatenate([e[0] for e in exits])
    month = np.concatenate([e[1] for e in exits])
    voluntary = np.concatenate([e[2] for e in exits])
    length = np.diff(months.start)
    back_month, back_day = np.full(count, -1), np.full(count, -1)
    for place, t, again in returns:
        back_month[place] = t
        back_day[place] = months.start[t] + (luck.back_day[t, again] * length[t]).astype(np.int64)
    age = of.age(months.start[:-1])[month, customer]
    return World(
        state=states,
        hazard=hazards,
        tenure=tenures,
        month=month,
        customer=customer,
        day=months.start[month] + (luck.day[month, customer] * length[month]).astype(np.int64),
        voluntary=voluntary,
        silent=np.concatenate([e[3] for e in exits]),
        # Who is driven out by a campaign cannot have drifted before it.
        drifting=voluntary & np.concatenate([e[5] for e in exits]) & (luck.drift[month, customer] < DRIFTING),
        reason=reasons(of, customer, voluntary, luck.why[month, customer].astype(np.float64), age),
        contacted=voluntary & (luck.contact[month, customer] < CONTACTED),
        back_month=back_month,
        back_day=back_day,
        stayed_since=np.concatenate([e[4] for e in exits]),
        saved_month=np.concatenate([np.full(len(k), t) for k, t in saved]) if saved else np.empty(0, dtype=np.int64),
        saved_customer=np.concatenate([k for k, _ in saved]) if saved else np.empty(0, dtype=np.int64),
    )


def windows(months: Months) -> list[tuple[int, int]]:
    """Twelve-month windows counted back from the end; one shorter window when there is less than a year."""
    if months.count < 12:
        return [(0, months.count)]
    return [(s, s + 12) for s in range(months.count % 12, months.count, 12)]


def annual_rate(of: People, path: Paths, months: Months, happened: World, intercept: float) -> float:
    """Expected share of the customers active at the start of a year who leave of their own will within it."""
    forced = involuntary_hazard(of, months)
    lost = total = 0.0
    for start, stop in windows(months):
        there = np.flatnonzero((happened.state[start - 1] == HERE) if start else (of.join < 0))
        since = start - 1 - happened.tenure[start - 1, there].astype(np.int64) if start else of.join[there]
        stays = np.ones(len(there))
        for t in range(start, stop):
            hazard = logistic(intercept + path.eta[t, there] + tenure_effect(t - since))
            lost += float((stays * hazard).sum())
            stays *= (1 - hazard) * (1 - forced[t, there])
        total += len(there)
    return lost / total


def calibrated(of: People, path: Paths, months: Months, luck: Chances, annual: float = 0.12) -> float:
    """The intercept at which ``annual`` of the customers leave of their own will in a year, campaigns apart; by bisection."""
    target = annual if months.count >= 12 else 1 - (1 - annual) ** (months.count / 12)
    low, high = -8.0, -2.0
    for _ in range(16):
        middle = (low + high) / 2
        reached = annual_rate(of, path, months, world(of, path, months, luck, middle), middle)
        low, high = (middle, high) if reached < target else (low, middle)
    return (low + high) / 2


def ramp(of: People, happened: World, luck: Chances, months: Months) -> NDArray[np.int8]:
    """How far each customer has drifted by the end of each month, 0–3 steps, (warm-up + months, n).

    1, 2, 3 in the three months before a drifting exit (not before the spell began). Who was kept by a campaign drifted
    as well, and recovers over two months.
    """
    depth = np.zeros((WARM_UP + months.count, len(of)), dtype=np.int8)
    kept = luck.drift[happened.saved_month, happened.saved_customer] < DRIFTING
    for month, who, since, recovery in (
        (happened.month[happened.drifting], happened.customer[happened.drifting], happened.stayed_since[happened.drifting], 0),
        (happened.saved_month[kept], happened.saved_customer[kept], of.join[happened.saved_customer[kept]], 2),
    ):
        for ahead in range(-RAMP_MONTHS, recovery):
            at = month + ahead
            inside = (at >= since) & (at >= -WARM_UP) & (at < months.count)
            step = RAMP_MONTHS + 1 + ahead if ahead < 0 else recovery - ahead
            row, column = at[inside] + WARM_UP, who[inside]
            depth[row, column] = np.maximum(depth[row, column], step)
    return depth
