"""Tests, mirroring the three packages; this file keeps tests/storage from shadowing storage."""
