"""A user's own data from files: CSV, NPY, NPZ and MNIST-style IDX. `reading.read` is the way in."""
