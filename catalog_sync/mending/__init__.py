"""Mending a wrong owner: the one line is changed in a pull request, and the people who own the file decide."""
