"""How good models are on customers they have not seen."""
