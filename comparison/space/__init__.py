"""The audit of a search space: where the best lies in it, how much of it was tried, where to look next. Pure."""
