"""Finished runs as HTML pages: one file, no script, nothing from elsewhere."""
