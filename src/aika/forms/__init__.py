"""The YAML forms that teams write, checked, and what they mean."""
