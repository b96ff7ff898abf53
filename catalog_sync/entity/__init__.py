"""Pure: what an entry of the catalog is, and how text becomes one."""
