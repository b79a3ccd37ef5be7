"""Signing in: at an identity provider that speaks OpenID Connect, or with an API key, and the sessions that follow."""
