"""Strategies for the Crisis Backtester; what several of them need is in `signals`."""
