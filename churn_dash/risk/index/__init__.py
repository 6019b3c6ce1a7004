"""The risk index of the plan: indicators with a direction, weighted by experts, by principal components, and by entropy."""
