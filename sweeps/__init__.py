"""What was asked: a sweep's document becomes configurations, trials and jobs. Pure: no SQL, HTTP, Celery, training."""
