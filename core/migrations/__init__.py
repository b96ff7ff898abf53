"""How the tables came to be: one script a step in ``versions``, numbered, run by ``core.migrate``."""
