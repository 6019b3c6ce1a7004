"""The eight indicators of the bank, each measured by the room that declares it."""
