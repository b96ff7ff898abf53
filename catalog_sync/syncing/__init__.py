"""Bringing the catalog in line with its sources: page by page, each in one transaction, and what goes at the end."""
