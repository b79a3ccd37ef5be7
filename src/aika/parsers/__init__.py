"""Bytes of many formats to text with structure."""
