"""The conversation "what do the docs say?"."""
