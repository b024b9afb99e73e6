"""Texts made of quotations of the record: the status update and the hand-over."""
