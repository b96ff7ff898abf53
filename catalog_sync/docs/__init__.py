"""Docs like code: read, cut into sections, index, find."""
