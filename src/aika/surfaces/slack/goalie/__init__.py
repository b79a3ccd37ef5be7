"""Goalies in Slack."""
