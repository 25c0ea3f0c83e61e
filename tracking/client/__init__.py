"""The slow path, for a hosted MLflow: the public client, within the limits of its HTTP API."""
