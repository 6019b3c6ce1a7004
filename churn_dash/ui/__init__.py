"""The only room that imports streamlit: frame, filters, tiles, cards, cache, errors shown."""
