"""Where state and indexes are kept."""
