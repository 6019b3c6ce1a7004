"""Money: what departures cost, assumptions, what customers are worth."""
