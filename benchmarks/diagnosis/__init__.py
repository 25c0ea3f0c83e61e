"""Does following the diagnosis help? `python -m benchmarks.diagnosis`."""
