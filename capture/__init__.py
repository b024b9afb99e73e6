"""How the outside world becomes drafts: entries not yet recorded."""
