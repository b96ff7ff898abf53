"""Floor 1: errors, settings, clock, database, jobs, access, plugins, log. Knows no other room."""
