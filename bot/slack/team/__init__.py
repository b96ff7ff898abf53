"""The conversation "who is on that team?"."""
