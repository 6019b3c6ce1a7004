"""The way of an upload into the data: choose, read, match, check, compare, publish. One module a step."""
