"""The conversation "wrong owner?": a form, a pull request or a question to the owners, and what became of it."""
