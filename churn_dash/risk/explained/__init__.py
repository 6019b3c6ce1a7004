"""Why a model says so: contributions and reasons."""
