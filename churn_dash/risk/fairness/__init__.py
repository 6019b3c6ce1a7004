"""Whether the model treats groups of customers alike, and what leaving out gender and age costs. Source: METHODS D7."""
