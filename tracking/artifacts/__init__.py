"""What lies beside the runs in MLflow once a sweep has ended: its file, its comparison, pictures and the best model."""
