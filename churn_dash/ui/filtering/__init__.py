"""Which customers and months the reader looks at: shared filters, clicks, chips."""
