"""The best trial's network as an MLflow model that needs nothing of ours where it is used."""
