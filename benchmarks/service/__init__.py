"""What the service costs over the bare engine: time, latency, memory."""
