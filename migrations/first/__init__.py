"""The first schema, frozen: what `versions/0001_first.py` makes. Never edit after a release."""
