"""What is worked out from published rows: spells, month table, cube."""
