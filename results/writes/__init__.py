"""Every write of the results database: each function works inside the transaction of its caller."""
