"""`python -m benchmarks.engine`: how long one update of one trial takes here, in our engine and in its peers."""
