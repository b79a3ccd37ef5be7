"""Git repositories, local or remote."""
