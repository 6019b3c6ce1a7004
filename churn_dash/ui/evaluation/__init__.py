"""The evaluation page: scorecard, before and after, improvements, review, money."""
