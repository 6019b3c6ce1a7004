"""What an analyst reads below the verdict stands in its own unit."""

from tests.pages.reading import opened


def test_a_check_on_balances_from_before_is_not_written_in_points_of_leaving(bank_folder, looking_at):
    looking_at(bank_folder)
    at = opened("campaigns", campaign="C03a")
    rows = next(d.value for d in at.dataframe if "way" in d.value.columns).set_index("way")
    assert rows.loc["Without adjustment", "value"].endswith(" pp")
    assert not rows.loc["On a figure from before, where nothing can be", "value"].endswith(" pp")
