"""Telling people: what is wrong with their files, who wants the same name, what leaves the catalog, what is held."""
