"""The record of an incident, and what is made from it."""
