"""Data sets: the built-in ones, files, splitting and scaling. Only `catalog` may be imported without NumPy."""
