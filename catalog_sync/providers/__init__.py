"""One file for each source of entities."""
