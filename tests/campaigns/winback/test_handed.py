"""Win-back lists on record, also where somebody edited the record."""

import pytest

from churn_dash.campaigns.winback.handed import KIND, NAME, handed
from churn_dash.errors import WorkspaceProblem
from churn_dash.store import Records


@pytest.mark.parametrize("body", [{"n": 3}, {"day": 5, "n": 1, "version": 1, "kind": "csv"}])
def test_a_record_edited_by_hand_is_one_sentence(tmp_path, body):
    records = Records(tmp_path)
    records.add(KIND, NAME, body)
    with pytest.raises(WorkspaceProblem, match=r"Record 1 of winback_export .* changed by hand in .*records.sqlite"):
        handed(records)
