"""The conversation "who owns it?"."""
