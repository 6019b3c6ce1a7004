"""How customers are grouped: behaviour, value, stage, orientation, service."""
