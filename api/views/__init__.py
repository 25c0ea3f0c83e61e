"""Views: parse, call, render. No SQL, no numerics; errors pass through to `api.errors`."""
