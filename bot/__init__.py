"""Floor 4: the surfaces (Slack, web, command line, sandbox) and the composition of all rooms."""
