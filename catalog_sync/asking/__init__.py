"""Questions to the catalog: what people write, what it means, and the answer with its reasons."""
