"""Costs: what training minimises, one a file; `registry` finds them by name."""
