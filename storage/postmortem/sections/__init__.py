"""The sections of the starter document, one small module for each group that belongs together."""
