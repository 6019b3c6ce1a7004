"""For whom did it work? By segment, by expected effect, and whom to leave asleep. Only after a random assignment."""

from churn_dash.campaigns.uplift.bands import Band, Ranking
from churn_dash.campaigns.uplift.campaign import uplift
from churn_dash.campaigns.uplift.found import Uplift
from churn_dash.campaigns.uplift.rows import uplift_rows
from churn_dash.campaigns.uplift.segments import Part, Segmentation

__all__ = ["Band", "Part", "Ranking", "Segmentation", "Uplift", "uplift", "uplift_rows"]
