"""The command line: one module a command, and the edge where errors become sentences."""
