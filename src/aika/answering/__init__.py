"""Writes answers from evidence, checks them, and says how sure it is."""
