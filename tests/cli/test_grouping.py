import json

import polars as pl
import pytest

from churn_dash.measures import measure
from churn_dash.segments.groups import clusters, lifecycle, orientation, rfm, service_tiers
from churn_dash.segments.groups import tenths as value
from tests.asking import asked

KINDS = ("rfm", "clusters", "value", "lifecycle", "orientation", "service")


@pytest.fixture
def said(run, bank_workspace):
    """What the verb prints, as text or JSON."""

    def of(*words, json_too=True):
        code, out, err = run("segments", *words, "--workspace", bank_workspace.root, *(["--json"] * json_too))
        return code, json.loads(out) if json_too and not code else out + err

    return of


@pytest.mark.parametrize("kind", KINDS)
def test_the_groups_of_every_kind_add_up_to_what_measure_says(kind, said, bank_data):
    code, found = said("--kind", kind, "--where", "customer_type=personal")
    assert code == 0 and found["kind"] == kind and found["definition_tag"]
    from churn_dash.measures import Filters

    bank = measure(asked(bank_data, filters=Filters((("customer_type", ("personal",)),))), ["customers", "customers_lost"]).row(
        0, named=True
    )
    assert sum(g["customers"] for g in found["groups"]) == bank["customers"]
    assert sum(g["customers_lost"] for g in found["groups"]) == bank["customers_lost"]


def test_the_verb_gives_the_figures_of_the_functions(said, bank_data):
    assert said("--kind", "rfm", "--money", "amount")[1]["cells"] == rfm.rfm(asked(bank_data), money="amount").cells().to_dicts()
    assert said("--kind", "clusters", "--groups", "3")[1]["stability"] == clusters.clusters(asked(bank_data), k=3).stability
    assert said("--kind", "lifecycle")[1]["transitions"] == lifecycle.lifecycle(asked(bank_data)).transitions().to_dicts()
    assert said("--kind", "value")[1]["gini"] == value.value(asked(bank_data)).gini()
    assert said("--kind", "orientation")[1]["groups"] == orientation.orientation(asked(bank_data)).groups().to_dicts()
    served = service_tiers.service_tiers(asked(bank_data))
    assert [m["share"] for m in said("--kind", "service")[1]["managers"]] == [m.share for m in served.managed()]


@pytest.mark.parametrize("kind", KINDS)
def test_every_customers_group_is_written_for_a_saved_segment(kind, said, bank_data, tmp_path):
    path = tmp_path / "groups.csv"
    code, found = said("--kind", kind, "--assigned", str(path))
    rows = pl.read_csv(path, schema_overrides={"customer_id": pl.String, "group": pl.String})
    assert code == 0 and rows.columns == ["customer_id", "group"] and len(rows) == found["n_assigned"]
    assert rows["customer_id"].n_unique() == len(rows)


def test_the_text_names_each_group_with_range_and_n(said):
    code, text = said("--kind", "service", json_too=False)
    assert code == 0 and "churn_rate" in text and "n=" in text and "–" in text


def test_what_cannot_be_is_said_in_one_sentence(said):
    for words, expected in (
        (("--kind", "rfm", "--from", "1999-01", "--to", "1999-03"), "outside"),
        (("--kind", "clusters", "--groups", "99"), "2 to 8"),
        (("--kind", "rfm", "--where", "tier=nonsense"), "no value"),
    ):
        code, text = said(*words)
        assert code == 1 and expected in text and "Traceback" not in text
