"""Fakes and the contract suites that every connector, index and store must pass."""
