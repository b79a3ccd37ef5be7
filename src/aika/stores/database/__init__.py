"""State in SQL: the catalogue, syncs, vectors, conversations, keys."""
