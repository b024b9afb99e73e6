"""What a secret looks like, for `capture.redaction`. Nothing here is imported before it must be."""
