"""Celery: the queue by name, thin tasks, claim-train-append-finish, recovery and tracking."""
