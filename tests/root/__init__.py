"""Tests that mount file systems: as root, on Linux, by ``make test-root``. They never skip."""
