"""What the catalog tells people: broken files, names that two files want, what leaves, and what is held."""
