"""The places documents come from, one module a kind."""
