"""The written guide; what is generated comes from ``docs.generate``."""
