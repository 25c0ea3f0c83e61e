"""Sweeps and trials as MLflow content. Pure: rows in, frozen values out; no SQL, no MLflow."""
