"""How often strategies that know nothing get an interval off zero or a verdict, and how often a planted edge is found.

1. `families` draws a book from a seed; `worlds` makes histories of clustered volatility, and books that respond to it.
2. `judge.judge` draws the resamples of all books of a family together, and judges each as a run would judge it alone.
3. `table` counts; `puts` compares a put that is bought with one that is replicated.
"""
