"""Pictures of cost curves, as PNG, for the artifacts in MLflow. Pure: values in, bytes out."""
