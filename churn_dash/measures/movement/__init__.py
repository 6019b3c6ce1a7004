"""What comes and goes: growth, products, tiers, recovery."""
