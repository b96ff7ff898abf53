"""The conversation that starts a new repository."""
