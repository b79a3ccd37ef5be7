"""aika: an open, self-hosted knowledge assistant that answers from a company's own documents, with citations."""
