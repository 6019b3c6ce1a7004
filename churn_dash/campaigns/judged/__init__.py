"""A campaign judged: evidence, effect, money, and a verdict in words."""
