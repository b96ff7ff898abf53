"""The conversation about scorecards: a team's week, a manager's roll-up, one thing now."""
