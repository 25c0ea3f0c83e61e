"""Optimisers: rules that turn gradients into updates, one a file; `registry` finds them by name."""
