"""Floor 3: how new things start."""
