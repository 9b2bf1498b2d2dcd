"""The same work done by this program and by others, timed side by side; `python -m benchmarks` runs them."""
