"""Websites: pages by links and sitemaps, politely, and each only when it has changed."""
