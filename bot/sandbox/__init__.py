"""A local Slack and a local GitHub that stand in for the outside, in the demo and in the tests."""
