"""Talking in the app, without a screen: from the key that goes down to entries in the record."""
