"""Floor 2: what exists, who owns it and why, and where its docs are."""
