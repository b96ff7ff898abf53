"""Benchmarks: a generated organisation, three loads, and tables of what they took."""
