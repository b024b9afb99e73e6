"""A real published incident, kept once more entry by entry.

See `incident.txt` for the words and `NOTICE` for whose they are.
"""
