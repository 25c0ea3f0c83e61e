"""The results database: its tables and views, every write (`writes/`) and every read (`reads/`), apart."""
