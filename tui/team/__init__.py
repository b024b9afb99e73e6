"""The team in the app: what is synced while an incident is open, and what is told of it.

Nothing here is imported in a home that is in no team, and nothing here knows the screen.
"""
