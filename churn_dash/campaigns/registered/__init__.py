"""The campaigns so far: what each did, whether to stop, go on or widen it, and what was learned."""

from churn_dash.campaigns.registered.education import Education, education
from churn_dash.campaigns.registered.lessons import Lesson, learn, lessons
from churn_dash.campaigns.registered.so_far import Line, SoFar, so_far
from churn_dash.campaigns.registered.steps import STEPS

__all__ = ["STEPS", "Education", "Lesson", "Line", "SoFar", "education", "learn", "lessons", "so_far"]
