"""Linear: issues with their comments, projects, documents and initiatives."""
