"""What the curves say: one curve becomes an outcome, many become a comparison that says how sure it is. Pure."""
