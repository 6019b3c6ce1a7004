"""Who is at risk: what the model says, how good it is, how it was made."""
