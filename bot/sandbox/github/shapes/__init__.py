"""GitHub's objects as its REST API and its webhooks show them, one function for each of its schemas."""
