"""What `make bench` measures: how often the diagnosis is right, how fast it is, and what disturbs it."""
