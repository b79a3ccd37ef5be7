"""How digests reach their owners: e-mail and Slack."""
