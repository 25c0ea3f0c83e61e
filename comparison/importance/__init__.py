"""Which hyperparameters mattered: analyses of variance over a sweep's configurations, through Optuna."""
