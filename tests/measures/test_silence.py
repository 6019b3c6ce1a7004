"""Active, silent, asleep, lost: the moves against a loop over customers, the months to the loss against a simulated chain."""

import dataclasses
import datetime
from collections import Counter

import numpy as np
import polars as pl

from churn_dash.intake.typed import extract_of
from churn_dash.measures.tenure.silence import STATES, ToLoss, lost_within, months_to_loss, silence
from churn_dash.store import Workspace, publish
from tests.asking import asked
from tests.measures.brute import Brute, end_of, next_month

COUNTS = np.array([[930, 60, 0, 10], [300, 400, 200, 100], [40, 0, 660, 300]])


def _walks(counts, start, n, seed, longest=2_000):
    """Months until the loss of ``n`` walkers, one step after another."""
    random = np.random.default_rng(seed)
    chain = np.cumsum(counts / counts.sum(axis=1, keepdims=True), axis=1)
    at, age = np.full(n, start), np.zeros(n)
    for _month in range(longest):
        there = at < 3
        if not there.any():
            break
        age[there] += 1
        at[there] = (random.random(there.sum())[:, None] > chain[at[there]]).sum(axis=1)
    return age


def test_the_fundamental_matrix_gives_what_a_simulated_chain_takes():
    months, _weights = months_to_loss(COUNTS)
    within = lost_within(COUNTS, 12)
    for start in range(3):
        ages = _walks(COUNTS, start, 40_000, start)
        assert abs(months[start] - ages.mean()) < 4 * ages.std() / 200
        assert abs(within[start] - (ages <= 12).mean()) < 4 * 0.5 / 200


def test_the_weights_are_the_slope_of_the_months_to_the_loss():
    months, weights = months_to_loss(COUNTS)
    for before, after in ((0, 0), (0, 3), (1, 2), (2, 3), (2, 0)):
        more = COUNTS.astype(float)
        more[before, after] += 1e-3
        slope = (months_to_loss(more)[0] - months) / 1e-3
        assert np.allclose(weights[:, before, after], slope, rtol=1e-3)


def test_where_the_loss_is_not_certain_there_is_no_number():
    never = months_to_loss([[90, 5, 5, 0], [5, 90, 5, 0], [5, 5, 90, 0]])[0]
    assert np.isnan(never).all()
    unseen = months_to_loss([[90, 0, 0, 10], [10, 60, 20, 10], [0, 0, 0, 0]])[0]
    assert abs(unseen[0] - 10) < 1e-9 and np.isnan(unseen[1:]).all(), "nobody was seen to move from where the second leads"


def _state(run):
    return "active" if run == 0 else "silent" if run < 3 else "sleeping"


def test_moves_and_what_happened_are_what_a_loop_finds(bank, bank_data):
    brute = Brute(bank.tables, "first")
    months = bank_data.measurable[1:] if bank_data.measurable[0] == bank_data.all_months[0] else bank_data.measurable
    moves, people, began, lost, own = Counter(), {}, Counter(), Counter(), {}
    for customer, spells in brute.spells.items():
        run, states = 0, {}
        for month in bank_data.all_months:
            row = brute.rows[customer].get(month)
            if month in brute.months:
                run = run + 1 if row and row["txn_count"] == 0 else 0
            states[month] = _state(run) if row else None
        for month in months:
            here = [(a, b, e) for a, b, e in spells if a < month <= b]
            if not here:
                continue
            _begun, over, event = here[0]
            before = states[next_month(month, -1)]
            after = "lost" if event and over <= end_of(month) else states[month]
            if before and after:
                moves[before, after] += 1
                people.setdefault(before, set()).add(customer)
                own.setdefault(customer, np.zeros((3, 4)))[STATES.index(before), STATES.index(after)] += 1
            if month == months[0] and before:
                began[before] += 1
                lost[before] += event and over <= end_of(months[-1])
    found = silence(asked(bank_data))
    assert {(m.before, m.after): m.n for m in found.moves if m.n} == dict(moves)
    assert moves["active", "lost"] > 10 and moves["silent", "active"] > 10 and moves["sleeping", "lost"] > 5
    for s in found.states:
        assert (s.n, s.n_start, s.n_lost) == (len(people.get(s.state, ())), began[s.state], lost[s.state])
    assert found.n_months == len(months)
    expected, weights = months_to_loss(sum(own.values()))
    for k, s in enumerate(found.states):
        spread = np.sqrt(sum((seen * weights[k]).sum() ** 2 for seen in own.values()))
        assert np.isclose(s.months, expected[k]) and np.isclose(s.high, expected[k] * np.exp(1.959964 * spread / expected[k]))


def test_the_shares_of_a_state_add_up_and_the_months_lie_in_their_range(bank_data):
    found = silence(asked(bank_data))
    for state in STATES[:3]:
        assert abs(sum(m.share for m in found.moves if m.before == state) - 1) < 1e-12
    active = found.states[0]
    assert active.low < active.months < active.high
    assert active.months > found.states[2].months


def test_the_range_holds_the_true_months_as_often_as_it_says():
    truth, hits = months_to_loss(COUNTS)[0], np.zeros(3)
    chain = np.cumsum(COUNTS / 1000, axis=1)
    for seed in range(200):
        random, at, seen = np.random.default_rng(seed), np.zeros(400, dtype=int), np.zeros((400, 3, 4))
        for _month in range(24):
            there = np.flatnonzero(at < 3)
            new = (random.random(len(there))[:, None] > chain[at[there]]).sum(axis=1)
            seen[there, at[there], new] += 1
            at[there] = new
        months, weights = months_to_loss(seen.sum(axis=0))
        each = np.einsum("cij,kij->kc", seen, weights)
        wide = np.exp(1.96 * np.sqrt((each**2).sum(axis=1)) / months)
        hits += (months / wide <= truth) & (truth <= months * wide)
    assert (hits / 200 >= 0.9).all() and (hits / 200 <= 0.99).all(), hits / 200


def test_without_transactions_nobody_is_silent(tmp_path):
    months = [datetime.date(2024, m, 1) for m in range(1, 7)]
    rows = [(f"c{i}", m, 100.0) for i in range(4) for m in months]
    frame = pl.DataFrame(rows, schema={"customer_id": pl.String, "month": pl.Date, "aum_end": pl.Float64}, orient="row")
    space = Workspace.create(tmp_path)
    publish(space, extract_of({"customer_month": frame}, "made"))
    assert silence(asked(space.dataset())) is None


def test_the_model_misses_what_lies_outside_the_range_of_what_happened():
    seen = ToLoss("sleeping", 100, 18.8, 15.0, 22.0, 100, 91, 0.91, 0.85, 0.95, 0.83)
    assert seen.model_misses and not dataclasses.replace(seen, foretold=0.86).model_misses
    assert not dataclasses.replace(seen, foretold=None).model_misses and not dataclasses.replace(seen, observed_low=None).model_misses
