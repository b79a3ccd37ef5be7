"""Finds the chunks that answer a query."""
