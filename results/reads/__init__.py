"""Every read of the results database: frozen values out, never rows."""
