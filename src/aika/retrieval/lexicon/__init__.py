"""Words that the documents themselves teach: short forms and what they stand for, and how words are spelled."""
