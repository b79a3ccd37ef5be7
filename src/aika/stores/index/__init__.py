"""Engines that find chunks by words and vectors."""
