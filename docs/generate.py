"""Write the generated documents: DATA.md, METRICS.md, FEATURES.md, DIALECTS.md, and the guide for the department that cuts the extract."""

import pathlib

from churn_dash.report import data_guide, feature_guide, metric_guide
from docs.dialects import document
from tests.intake.dialects import DIALECTS

HERE = pathlib.Path(__file__).parent


def main() -> None:
    """Write all of them beside this file."""
    (HERE / "DATA.md").write_text(data_guide.markdown(), encoding="utf-8")
    (HERE / "METRICS.md").write_text(metric_guide.markdown(), encoding="utf-8")
    (HERE / "FEATURES.md").write_text(feature_guide.markdown(), encoding="utf-8")
    (HERE / "DIALECTS.md").write_text(document(DIALECTS), encoding="utf-8")
    (HERE / "extract_guide.xlsx").write_bytes(data_guide.workbook())


if __name__ == "__main__":
    main()
