"""Confluence, Cloud and Data Center: pages and blog posts with their restrictions."""
