"""Slack: one way in (app), one way out (gateway), one folder for each conversation."""
