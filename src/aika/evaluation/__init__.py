"""Measures retrieval and answers on test collections."""
