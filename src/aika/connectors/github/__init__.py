"""GitHub: issues, pull requests, discussions and releases, with who may read them."""
