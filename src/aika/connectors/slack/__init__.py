"""Slack: a workspace's export, and its Web API."""
