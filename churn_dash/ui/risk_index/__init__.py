"""The index by experts, by components and by entropy."""
