"""Buckets of S3 and of everything that speaks its API."""
