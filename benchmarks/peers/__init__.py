"""The same sweep through what others would use: Optuna or Ray Tune, with PyTorch and MLflow."""
