"""Learning-rate schedules, one a file, and warm-up; `registry` finds them by name. Light: no NumPy."""
