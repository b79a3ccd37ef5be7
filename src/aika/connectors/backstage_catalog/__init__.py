"""The Backstage software catalog, from its files or from its API."""
