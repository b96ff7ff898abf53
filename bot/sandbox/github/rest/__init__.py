"""The REST API of the local GitHub: one file for each family of routes."""
