"""Results to MLflow: one way, idempotent, never read back into the results. Knows neither HTTP servers nor Celery."""
