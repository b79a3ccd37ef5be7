"""What a tree of files says of each of its files: who owns it, where it is published, what record it belongs to."""
