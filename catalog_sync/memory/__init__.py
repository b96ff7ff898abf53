"""What is kept in memory of the catalog between two changes: slim cards, from which entities are made when asked for."""
