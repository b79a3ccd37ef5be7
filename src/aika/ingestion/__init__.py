"""Reads sources and brings the index up to date with them."""
