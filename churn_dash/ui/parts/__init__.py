"""What every page is made of: cards, tables, tiles, controls, words for codes."""
