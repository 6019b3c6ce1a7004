"""The long-term review: policies, training, lessons, and what incentives may rest on."""
