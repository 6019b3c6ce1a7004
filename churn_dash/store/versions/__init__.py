"""The rows of each table in versions, and the way from an extract to the next one."""
