"""The conversation "what depends on it?"."""
