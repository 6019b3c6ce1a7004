"""The frame: sections, language, shared filters, then the page."""

import pathlib

from churn_dash.ui import frame

frame.draw(pathlib.Path(__file__).resolve().parent)
