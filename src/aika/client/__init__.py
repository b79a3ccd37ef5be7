"""A Python client for the HTTP API."""
