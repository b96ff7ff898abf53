# A PostgreSQL cluster with backups.
