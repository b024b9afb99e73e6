"""Keeping records the same on this machine and on the team server: what is copied, and when."""
