"""The fast path: bulk INSERTs into MLflow's database through MLflow's own table definitions."""
