"""A thousand kills survived: workers killed at every step of a commit and at random instants, and what was lost."""
