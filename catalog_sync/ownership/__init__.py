"""Pure: who owns a thing or a path, and why we believe it."""
