"""Jira, Cloud and Data Center: issues with their comments."""
