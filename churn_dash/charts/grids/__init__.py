"""Tables as colours."""
