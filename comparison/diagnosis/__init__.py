"""Why a trial went badly, in words with figures, and what to try: one rule a file in `rules`. Pure."""
