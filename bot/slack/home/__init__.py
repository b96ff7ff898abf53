"""The app's Home: my teams, what needs me, search."""
