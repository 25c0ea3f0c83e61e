"""Activation functions, elementwise, one a file; `registry` finds them by name."""
