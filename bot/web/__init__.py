"""The web server: health, and Slack's events in http mode."""
