"""Speed against peers and against the machine's own floor."""
