"""Previews of links to repositories and to the catalog: who owns what was linked."""
