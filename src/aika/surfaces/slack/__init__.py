"""Slack: the aika app, and the goalies' mouth and ears."""
