"""Why churn moved: the parts add up exactly, the levels add up to the parts, and a paradox is flagged."""

import dataclasses
import datetime
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from churn_dash.contract.definitions import Dormancy, Settings
from churn_dash.errors import BadInput, NotFound, NotPossible
from churn_dash.intake.typed import extract_of
from churn_dash.measures import Filters, Period, dimensions, measure
from churn_dash.measures.comparisons.bridge import bridge, paradox
from churn_dash.measures.comparisons.bridge_words import printed, sentence
from churn_dash.measures.comparisons.former import former, formers
from churn_dash.measures.statistics.decomposition import decomposed
from churn_dash.measures.statistics.intervals import newcombe
from churn_dash.store import Workspace, freeze, publish, shifted
from churn_dash.words import say
from tests.asking import asked


def sums(**levels):
    return {name: (Fraction(top), Fraction(bottom)) for name, (top, bottom) in levels.items()}


def counts(before, after):
    return {level: tuple(int(side.get(level, (0, 0))[1]) for side in (before, after)) for level in {*before, *after}}


KIDNEY_OPEN = sums(small=(81, 87), large=(192, 263))
KIDNEY_KEYHOLE = sums(small=(234, 270), large=(55, 80))


def test_kidney_stones_are_a_paradox():
    """Charig et al. 1986: the keyhole operation succeeds more often, 83 % against 78 %, and less often with stones of each size."""
    found = decomposed(KIDNEY_OPEN, KIDNEY_KEYHOLE)
    assert (found.before, found.after) == (Fraction(273, 350), Fraction(289, 350))
    assert found.after > found.before and found.rate < 0 < found.mix
    assert paradox(found, counts(KIDNEY_OPEN, KIDNEY_KEYHOLE))


def test_the_strata_of_the_tiny_oracle_are_a_paradox():
    """METHODS C5: control L 16 of 80 and H 12 of 20, treated L 2 of 20 and H 32 of 80: +6 points in all, −10 and −20 in the strata."""
    before, after = sums(low=(16, 80), high=(12, 20)), sums(low=(2, 20), high=(32, 80))
    found = decomposed(before, after)
    assert found.after - found.before == Fraction(6, 100)
    assert found.rate == Fraction(-15, 100), "each stratum weighs a half on average: the standardised difference of the table"
    assert found.mix == Fraction(21, 100)
    n = counts(before, after)
    assert not paradox(found, n), "twenty customers say nothing of a direction"
    assert paradox(found, {level: (a * 2, b * 2) for level, (a, b) in n.items()})


def test_no_paradox_where_one_level_moves_with_the_total():
    before, after = sums(a=(10, 100), b=(20, 100)), sums(a=(5, 100), b=(40, 100))
    assert not paradox(decomposed(before, after), counts(before, after))


def counted(number):
    """Some lost of some there: two numbers, the smaller first."""
    return st.tuples(number, number).map(lambda pair: (Fraction(min(pair)), Fraction(max(pair))))


NAMES = st.sampled_from([None, "a", "b", "c", "d"])
LEVELS = st.dictionaries(NAMES, counted(st.integers(1, 10**6)), min_size=1)
MONEY = st.dictionaries(NAMES, counted(st.floats(0.01, 1e12)), min_size=1)
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@PATIENT
@given(st.one_of(st.tuples(LEVELS, LEVELS), st.tuples(MONEY, MONEY)))
def test_mix_and_rate_add_up_to_the_change_to_the_last_digit(tables):
    before, after = tables
    found = decomposed(before, after)
    assert found.mix + found.rate == found.after - found.before
    assert sum(p.change for p in found.parts) == found.after - found.before
    assert {p.level for p in found.parts} == {*before, *after}


@PATIENT
@given(LEVELS, LEVELS)
def test_what_happened_read_backwards_is_the_same_with_the_other_sign(before, after):
    there, back = decomposed(before, after), decomposed(after, before)
    assert (there.mix, there.rate) == (-back.mix, -back.rate)


@PATIENT
@given(LEVELS)
def test_the_same_rates_in_another_mix_are_all_mix(before):
    after = {level: (top * k, bottom * k) for k, (level, (top, bottom)) in enumerate(before.items(), start=1)}
    assert decomposed(before, after).rate == 0


def test_a_level_of_one_period_only_contributes_mix():
    found = decomposed(sums(a=(10, 100)), sums(a=(10, 100), b=(50, 100)))
    new = next(p for p in found.parts if p.level == "b")
    assert (new.rate_before, new.rate, found.rate) == (None, 0, 0)
    assert found.mix == Fraction(60, 200) - Fraction(10, 100)


@pytest.mark.parametrize("count", ["heads", "aum"])
def test_the_parts_add_up_on_the_bank_by_every_dimension(bank_data, count):
    months = bank_data.measurable
    now, before = Period(months[-3], months[-1]), Period(months[2], months[4])
    rate = {"heads": "churn_rate", "aum": "aum_churn_rate"}[count]
    want = measure(asked(bank_data, period=now), [rate])[rate][0] - measure(asked(bank_data, period=before), [rate])[rate][0]
    for name, d in dimensions(bank_data).items():
        found = bridge(asked(bank_data, period=now), name, before, against_definition="close", count=count)
        assert found.data == 0
        assert found.change == pytest.approx(found.definition + found.mix + found.rate, abs=1e-15)
        assert sum(c.mix for c in found.levels) == pytest.approx(found.mix, abs=1e-14)
        assert sum(c.rate for c in found.levels) == pytest.approx(found.rate, abs=1e-14)
        assert found.mix + found.rate == pytest.approx(want, abs=1e-9)
        whole = measure(asked(bank_data, period=now), ["customers"])["customers"][0]
        assert sum(c.n_after for c in found.levels) == found.after.n == whole
        assert {c.level for c in found.levels} <= {None, *d.values}


def test_the_levels_are_the_bank_counted_in_plain_python(bank, bank_data):
    """A second way: shares and rates of men and women, from the measured customers alone."""
    months = bank_data.measurable
    now, before = Period(months[-6], months[-1]), Period(months[0], months[5])
    side = {}
    for key, period in (("before", before), ("after", now)):
        rows = measure(asked(bank_data, period=period), ["customers", "customers_lost"], ["gender"]).to_dicts()
        side[key] = {r["gender"]: (r["customers_lost"], r["customers"]) for r in rows}
    n0, n1 = (sum(n for _k, n in s.values()) for s in (side["before"], side["after"]))
    mix = rate = 0.0
    for level in side["before"]:
        (k0, m0), (k1, m1) = side["before"][level], side["after"][level]
        mix += (m1 / n1 - m0 / n0) * (k0 / m0 + k1 / m1) / 2
        rate += (m0 / n0 + m1 / n1) / 2 * (k1 / m1 - k0 / m0)
    found = bridge(asked(bank_data, period=now), "gender", before)
    assert (found.mix, found.rate) == (pytest.approx(mix, abs=1e-12), pytest.approx(rate, abs=1e-12))


def test_another_definition_is_a_step_of_its_own_over_the_earlier_months(bank_data):
    months = bank_data.measurable
    before, now = Period(months[0], months[2]), Period(months[-3], months[-1])
    found = bridge(asked(bank_data, period=now, definition="first"), "tier", before, against_definition="close")
    strict, wide = (measure(asked(bank_data, period=before, definition=d), ["churn_rate"])["churn_rate"][0] for d in ("close", "first"))
    assert found.definition == pytest.approx(wide - strict, abs=1e-12)
    assert found.before.rate == pytest.approx(strict, abs=1e-12)
    same = bridge(asked(bank_data, period=before, definition="first"), "tier", before, against_definition="close")
    assert (same.mix, same.rate) == (0, 0) and same.change == pytest.approx(wide - strict, abs=1e-12)
    assert list(same.steps) == ["definition"] and "by one definition and" in say(sentence(same))


def test_corrected_data_are_a_step_of_their_own(bank, tmp_path):
    workspace = Workspace.create(tmp_path)
    events = bank.tables["accounts"]
    gone = events.filter(pl.col("close_date").is_not_null())["account_id"][:12]
    kept = events.with_columns(close_date=pl.when(pl.col("account_id").is_in(gone.implode())).then(None).otherwise("close_date"))
    publish(workspace, extract_of(dict(bank.tables) | {"accounts": kept}, "first look"))
    publish(workspace, extract_of({"accounts": events.filter(pl.col("account_id").is_in(gone.implode()))}, "corrected"))
    old, new = workspace.dataset(1), workspace.dataset()
    months = new.measurable
    before, now = Period(months[0], months[7]), Period(months[-8], months[-1])
    found = bridge(asked(new, period=now, definition="close"), "tier", before, against_ds=old)
    rates = [measure(asked(ds, period=before, definition="close"), ["churn_rate"])["churn_rate"][0] for ds in (old, new)]
    assert found.data == pytest.approx(rates[1] - rates[0], abs=1e-12)
    assert found.data != 0 and found.definition == 0
    assert found.change == pytest.approx(found.data + found.mix + found.rate, abs=1e-15)
    assert list(found.steps) == ["data", "mix", "rate"]
    assert "corrected data" in say(sentence(found))


def test_the_range_of_one_level_is_newcombes(bank_data):
    months = bank_data.measurable
    now, before = Period(months[-6], months[-1]), Period(months[0], months[5])
    found = bridge(asked(bank_data, filters=Filters((("gender", ("F",)),)), period=now), "gender", before)
    (level,) = found.levels
    want = newcombe(level.lost_after, level.n_after, level.lost_before, level.n_before)
    assert (found.rate_low, found.rate_high) == (pytest.approx(want.low, abs=1e-9), pytest.approx(want.high, abs=1e-9))
    assert (found.moved_low, found.moved_high) == (pytest.approx(want.low, abs=1e-9), pytest.approx(want.high, abs=1e-9))


def test_without_a_comparison_it_is_the_year_before_or_the_months_before(bank_data):
    end = bank_data.measurable[-1]
    quarter = Period(shifted(end, -2), end)
    assert bridge(asked(bank_data, period=quarter), "tier").before.period == quarter.year_before
    half = Period(shifted(end, -7), end)
    assert bridge(asked(bank_data, period=half), "tier").before.period == Period(shifted(end, -15), shifted(end, -8))
    with pytest.raises(NotPossible, match="There are no 12 months before"):
        bridge(asked(bank_data), "tier")


def test_the_change_is_split_by_a_saved_segment(bank, tmp_path):
    from churn_dash.segments import save_list

    workspace = Workspace.create(tmp_path)
    publish(workspace, extract_of(bank.tables, "bank"))
    ds = workspace.dataset()
    save_list(ds, "Odd", [c for c in bank.tables["customers"]["customer_id"] if int(c[1:]) % 2])
    months = ds.measurable
    found = bridge(asked(ds, period=Period(months[-3], months[-1])), "segment:Odd", Period(months[0], months[2]))
    assert {c.level for c in found.levels} == {"in", "out"}
    assert found.change == pytest.approx(sum(c.change for c in found.levels), abs=1e-14)


def test_periods_of_different_length_are_refused(bank_data):
    months = bank_data.measurable
    with pytest.raises(BadInput, match="same length"):
        bridge(asked(bank_data, period=Period(months[-3], months[-1])), "tier", Period(months[0], months[0]))


def test_the_sentence_prints_numbers_that_add_up(bank_data):
    months = bank_data.measurable
    for name in dimensions(bank_data):
        found = bridge(asked(bank_data, period=Period(months[-1], months[-1])), name, Period(months[0], months[0]))
        told = printed(found)
        assert told["mix"] + told["rate"] == pytest.approx(told["change"], abs=1e-9)
        assert round(10_000 * found.after.rate) - round(10_000 * found.before.rate) == round(10_000 * told["change"])
    assert say(sentence(found)).startswith("Churn went from ")


def test_nobody_and_unknown_balances_are_sentences(bank_data, tmp_path):
    months = bank_data.measurable
    one = Period(months[-1], months[-1])
    with pytest.raises(NotPossible, match="Nobody matches"):
        bridge(asked(bank_data, filters=Filters((("tier", ()),)), period=one), "tier", Period(months[0], months[0]))
    rows = [(f"C{i}", datetime.date(2024, m, 1), i % 2) for i in range(40) for m in range(1, 6) if i > m]
    bare = pl.DataFrame(rows, schema={"customer_id": pl.String, "month": pl.Date, "txn_count": pl.Int64}, orient="row")
    workspace = Workspace.create(tmp_path)
    people = pl.DataFrame({"customer_id": [f"C{i}" for i in range(40)], "gender": ["F", "M"] * 20})
    publish(workspace, extract_of({"customer_month": bare, "customers": people}, "bare"))
    with pytest.raises(NotPossible, match="balances"):
        bridge(asked(workspace.dataset(), period=one_of(workspace, -1)), "gender", one_of(workspace, 0), count="aum")


def one_of(workspace, i):
    month = workspace.dataset().measurable[i]
    return Period(month, month)


# What was official then against what is official now.

SHORT = Settings(dormancy=Dormancy(60, 1_000.0, 30))


@pytest.fixture(scope="module")
def resettled_bank(bank, tmp_path_factory):
    """The invented bank, whose official dormancy was 180 days and is 60."""
    workspace = Workspace.create(tmp_path_factory.mktemp("resettled"))
    publish(workspace, extract_of(bank.tables, "bank"))
    usual = {name: measure(asked(workspace.dataset(), period=first_half(workspace), definition=name), ["churn_rate", "aum_churn_rate"])
             for name in ("dormant", "first", "close")}  # fmt: skip
    freeze(workspace, "first", "2026-Q1", Settings())
    freeze(workspace, "dormant", "2026-Q2", SHORT)
    return workspace, usual


def first_half(workspace):
    months = workspace.dataset().measurable
    return Period(months[0], months[5])


@pytest.mark.parametrize(("count", "rate"), [("heads", "churn_rate"), ("aum", "aum_churn_rate")])
def test_changed_settings_are_a_step_of_their_own_and_a_second_way_agrees(resettled_bank, count, rate):
    """The second way: measured before the settings were changed, from the file derived with the old ones."""
    workspace, usual = resettled_bank
    ds = workspace.dataset()
    months, before = ds.measurable, first_half(workspace)
    now = Period(months[-6], months[-1])
    then = dataclasses.replace(former(ds, "2026-Q1"), definition="dormant")
    found = bridge(asked(ds, period=now), "tier", before, against_official=then, count=count)
    old, new = usual["dormant"][rate][0], measure(asked(ds, period=before), [rate])[rate][0]
    assert found.settings == pytest.approx(new - old, abs=1e-12) and found.settings != 0
    assert found.before.rate == pytest.approx(old, abs=1e-12)
    assert (found.before.low, found.before.high) == (
        pytest.approx(usual["dormant"][f"{rate}_low"][0], abs=1e-9), pytest.approx(usual["dormant"][f"{rate}_high"][0], abs=1e-9)
    )  # fmt: skip
    assert found.before.n == usual["dormant"]["churn_rate_n"][0]
    assert found.definition == found.data == 0
    assert found.change == pytest.approx(found.settings + found.mix + found.rate, abs=1e-15)
    assert list(found.steps) == ["settings", "mix", "rate"]
    assert sum(printed(found)[s] for s in found.steps) == pytest.approx(printed(found)["change"], abs=1e-9)


def test_what_was_official_then_is_a_step_for_its_name_and_one_for_its_settings(resettled_bank):
    workspace, usual = resettled_bank
    ds = workspace.dataset()
    months, before = ds.measurable, first_half(workspace)
    found = bridge(asked(ds, period=Period(months[-6], months[-1])), "tier", before, against_official=former(ds, "2026-q1"))
    rates = [
        usual["first"]["churn_rate"][0],
        usual["dormant"]["churn_rate"][0],
        measure(asked(ds, period=before), ["churn_rate"])["churn_rate"][0],
    ]
    assert (found.before.definition, found.after.definition) == ("first", "dormant")
    assert found.before.rate == pytest.approx(rates[0], abs=1e-12)
    assert found.definition == pytest.approx(rates[1] - rates[0], abs=1e-12)
    assert found.settings == pytest.approx(rates[2] - rates[1], abs=1e-12)
    assert list(found.steps) == ["definition", "settings", "mix", "rate"]
    told = say(sentence(found))
    assert "from the other definition, " in told and "from changed settings of the definition (2026-Q1 → 2026-Q2), " in told
    assert "口径参数变化（2026-Q1 → 2026-Q2）" in say(sentence(found), "zh")
    same = bridge(
        asked(ds, period=before), "tier", before, against_official=dataclasses.replace(former(ds, "2026-Q1"), definition="dormant")
    )
    assert list(same.steps) == ["settings"] and "by the definition's settings of 2026-Q1" in say(sentence(same))


def test_settings_that_the_definition_does_not_use_are_no_step(resettled_bank):
    workspace, usual = resettled_bank
    ds = workspace.dataset()
    before = first_half(workspace)
    found = bridge(
        asked(ds, period=before, definition="close"), "tier", before, against_definition="close", against_official=former(ds, "2026-Q1")
    )
    assert found.settings == 0 and found.steps == {}
    assert found.before.rate == pytest.approx(usual["close"]["churn_rate"][0], abs=1e-12)


def test_what_was_official_is_found_by_name_and_by_day(resettled_bank):
    workspace, _usual = resettled_bank
    ds = workspace.dataset()
    assert [(o.title, o.version) for o in formers(ds)] == [("2026-Q1", 1)], "before any was official the same held as in 2026-Q1"
    assert former(ds, "2000-01-01").version == 0 and former(ds, "2000-01-01").settings == Settings()
    assert former(ds, "9999-01-01").title == "2026-Q2"
    with pytest.raises(NotFound, match="2026-Q1"):
        former(ds, "2026-Q9")


def test_changed_dormancy_counted_by_hand(tmp_path):
    """Forty customers with one account each: ten are quiet from March on, ten from June on, twenty never. By 60 days the ten of March
    are lost in April, by 180 days in August; those of June in July, or not within the data."""
    rows = [
        (f"C{i:02d}", datetime.date(2024, m, 1), 50.0, 0 if m >= (3 if i < 10 else 6 if i < 20 else 99) else 4)
        for i in range(40)
        for m in range(1, 11)
    ]
    schema = {"customer_id": pl.String, "month": pl.Date, "aum_end": pl.Float64, "txn_count": pl.Int64}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    workspace = Workspace.create(tmp_path)
    publish(workspace, extract_of({"customer_month": frame}, "hand"))
    freeze(workspace, "dormant", "old", Settings())
    freeze(workspace, "dormant", "new", SHORT)
    ds = workspace.dataset()
    spring = Period(datetime.date(2024, 3, 1), datetime.date(2024, 5, 1))
    found = bridge(asked(ds, period=spring), "aum_band", spring, against_official=former(ds, "old"))
    assert (found.before.rate, found.after.rate, found.settings) == (0.0, 0.25, 0.25)
    late = Period(datetime.date(2024, 6, 1), datetime.date(2024, 8, 1))
    found = bridge(asked(ds, period=late), "aum_band", late, against_official=former(ds, "old"))
    assert found.before.rate == 0.25, "ten of the forty, in August"
    assert found.after.rate == pytest.approx(1 / 3), "ten of the thirty still there, in July"
    assert found.settings == pytest.approx(1 / 3 - 1 / 4, abs=1e-15)
