"""Documentation sites: where a file's page is published, under what title, and in which part of the site."""
