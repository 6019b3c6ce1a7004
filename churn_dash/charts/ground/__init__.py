"""What every chart stands on: axes, colours, events."""
