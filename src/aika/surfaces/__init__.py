"""The ways to reach aika."""
