"""Whom to look after now: a list a trigger, each with its owner, as of a day. Source: METHODS A3; plan 4.2.1, 7.2.3; 002-1, 002-3."""

from churn_dash.care.columns import COLUMNS
from churn_dash.care.contacts import CAP, Cap
from churn_dash.care.holidays import Holiday
from churn_dash.care.lists import CareList, Total, care_list, refuse_unknown, totals
from churn_dash.care.settings import SETTINGS, CareSettings, InForce, in_force, put
from churn_dash.care.standing import default_day
from churn_dash.care.triggers import TRIGGERS, Trigger

__all__ = [
    "CAP",
    "COLUMNS",
    "SETTINGS",
    "TRIGGERS",
    "Cap",
    "CareList",
    "CareSettings",
    "Holiday",
    "InForce",
    "Total",
    "Trigger",
    "care_list",
    "default_day",
    "in_force",
    "put",
    "refuse_unknown",
    "totals",
]
