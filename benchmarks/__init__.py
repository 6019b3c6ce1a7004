"""Speed and memory, each printed as a ratio against a baseline in the same run; never a test."""
