"""Floor 3: how well things are kept."""
