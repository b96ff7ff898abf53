"""The conversation "who am I?": who Callboard thinks somebody is, and the way to mend it."""
