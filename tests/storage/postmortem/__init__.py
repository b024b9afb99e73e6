"""Tests of the starter document and what it is made from."""
