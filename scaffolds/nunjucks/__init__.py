"""Backstage's templating, in an interpreter of our own: ``${{ }}`` in strings and files behaves as it does there."""
