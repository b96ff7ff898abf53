"""The conversation "find everything about it"."""
