"""The peers: other ways to keep history, given the same workload and asked the same questions."""
