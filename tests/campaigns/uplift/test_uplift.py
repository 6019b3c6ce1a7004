"""For whom it worked: segments, interaction, refusals, and the published experiment whose answer is known."""

import gzip

import numpy as np
import polars as pl
import pytest
from scipy import stats

from churn_dash.access import Scope
from churn_dash.campaigns.uplift import uplift, uplift_rows
from churn_dash.campaigns.uplift.segments import MOST_PARTS, OTHERS, cut
from churn_dash.errors import BadInput, NotFound
from churn_dash.sample.presets import campaign


def planted(n=12_000, by=(0.0, 0.12), seed=1, harm=0.0):
    """Half treated at random; the good outcome rises by ``by`` in two segments, and falls by ``harm`` in a third."""
    rng = np.random.default_rng(seed)
    kind, treated, noise = rng.integers(0, 3, n), rng.random(n) < 0.5, rng.normal(size=n)
    tau = np.array([by[0], by[1], -harm])[kind]
    y = (rng.random(n) < 0.3 + tau * treated).astype(int)
    return pl.DataFrame({"grp": np.where(treated, "call", "none"), "stay": y, "kind": np.array(["a", "b", "c"])[kind], "noise": noise})


def asked(rows, **named):
    settings = {"design": "randomised", "segments": ["kind"], "covariates": ["kind", "noise"], "better": "up"} | named
    return uplift_rows(rows, "grp", "none", "stay", **settings)[0]


def test_segments_that_differ_are_found_and_ranked():
    found = asked(planted())
    (kind,) = found.segments
    assert [p.value for p in kind.parts] == ["a", "b", "c"] and kind.interaction < 1e-4 and found.differs
    assert kind.parts[1].holm < 0.001 and kind.parts[1].bh <= kind.parts[1].holm
    x = found.rankings[0]
    assert x.learner == "x" and x.qini.low > 0 and x.bands[0].effect.gain > x.bands[-1].effect.gain
    assert sum(b.effect.treated.known + b.effect.base.known for b in x.bands) == 12_000
    assert sum(q.share for q in found.quadrants) == pytest.approx(1)


def test_the_interaction_is_cochrans_q_worked_out_a_second_way():
    rows = planted(3_000)
    found = asked(rows, covariates=[])
    effects, weights = [], []
    for _kind, part in sorted(rows.group_by("kind"), key=lambda kv: kv[0]):
        one, other = (part.filter(pl.col("grp") == g)["stay"].to_numpy() for g in ("call", "none"))
        effects.append(one.mean() - other.mean())
        weights.append(1 / (one.var(ddof=1) / len(one) + other.var(ddof=1) / len(other)))
    middle = np.average(effects, weights=weights)
    assert found.segments[0].interaction == pytest.approx(stats.chi2.sf(np.dot(weights, (np.array(effects) - middle) ** 2), 2))
    assert "none are named" in found.refused.in_("en") and not found.rankings


def test_where_the_effect_is_the_same_for_all_no_difference_is_claimed():
    claims = sum(asked(planted(4_000, (0.08, 0.08), seed, -0.08), covariates=[]).differs for seed in range(20))
    assert claims <= 4


def test_a_group_that_was_harmed_is_better_left_alone():
    found = asked(planted(harm=0.12))
    assert {(a.where, a.value) for a in found.asleep} >= {("kind", "c")} and "left alone" in found.verdict.in_("en")
    assert not asked(planted()).asleep


def test_without_a_random_draw_there_is_nothing():
    found = asked(planted(2_000), design="manual")
    assert found.grade != "A" and "only after a random draw" in found.refused.in_("en")
    assert not found.segments and not found.rankings and found.as_json()["segments"] == []


def test_fewer_than_a_hundred_cases_a_group_are_not_ranked():
    found = asked(planted(500))
    assert "100 cases in each group" in found.refused.in_("en") and found.segments and not found.rankings


def test_columns_that_cannot_be_are_refused():
    with pytest.raises(BadInput, match="already"):
        asked(planted(300), covariates=["stay"])
    with pytest.raises(NotFound, match="nearest is kind"):
        asked(planted(300), segments=["kinds"])


def test_numbers_are_cut_in_quarters_and_rare_values_stand_together():
    quarters = cut(pl.Series([float(i) for i in range(100)] + [None]))
    assert quarters.drop_nulls().value_counts()["count"].to_list() == [25] * 4 and quarters[-1] is None
    many = cut(pl.Series("c", [f"v{i % 30}" for i in range(300)]))
    assert many.n_unique() == 12 and "…" in many


def test_of_values_as_common_as_others_the_first_by_alphabet_keep_their_names():
    letters = "onmlkjihgfedcba"
    named = set(cut(pl.Series("v", list(letters * 3))))
    assert named == {*sorted(letters)[: MOST_PARTS - 1], OTHERS}


def test_hillstroms_mail_for_women_works_on_those_who_bought_womens_goods(shared_data):
    body = gzip.decompress((shared_data / "hillstrom/hillstrom.csv.gz").read_bytes())
    rows = pl.read_csv(body, infer_schema_length=None)
    told = ["recency", "history", "mens", "womens", "newbie", "zip_code", "channel"]
    found = uplift_rows(
        rows.filter(pl.col("segment") != "Mens E-Mail"), "segment", "No E-Mail", "visit", "randomised", ["womens", "newbie"], told
    )
    (women,) = found
    assert women.arm == "Womens E-Mail" and women.segments[0].interaction_holm < 1e-15 and women.segments[1].interaction_holm > 0.05
    assert [round(p.effect.difference, 3) for p in women.segments[0].parts] == [0.011, 0.073]
    x = women.rankings[0]
    assert x.qini.low > 0 and x.spread.low > 0.02


def test_a_campaign_of_the_bank_is_asked_by_what_was_known_before(bank_data):
    (found,) = uplift(bank_data, "C01", Scope.everything(), segments=["gender"])
    assert found.control == "control" and {s.name for s in found.segments} >= {"gender"}
    with pytest.raises(NotFound, match="no characteristic"):
        uplift(bank_data, "C01", Scope.everything(), segments=["shoe_size"])


@pytest.mark.slow
def test_the_first_fifth_gains_more_than_the_last_and_sleeping_dogs_are_harmed():
    better, harm = 0, []
    seeds = range(40)
    for seed in seeds:
        members, truth = campaign("C01-test", seed)
        dogs = pl.col("silent_digital").cast(pl.Boolean) & (pl.col("risk") < pl.col("risk").median())
        known = [c for c in members.columns if c not in ("customer_id", "arm", "outcome", "contacted", "cell")]
        members = members.with_columns(dog=dogs)
        (found,) = uplift_rows(members, "arm", "control", "outcome", "randomised", ["dog"], known, better="down", seed=seed)
        bands = found.rankings[0].bands
        better += bands[0].effect.gain > bands[-1].effect.gain
        harm.append(next(p for p in found.segments[0].parts if p.value == "true").effect.difference)
        assert truth.ate < 0
    assert better / len(seeds) >= 0.9
    assert np.mean(harm) > 0
