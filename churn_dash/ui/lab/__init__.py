"""The definition lab: definitions of churn moved, laid side by side, judged, and made official."""
