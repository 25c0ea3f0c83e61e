"""Initialisations of weights, one a file; `registry` finds them by name."""
