"""What people do in the workspace, and what comes of it, in the shapes of Slack's payloads."""
