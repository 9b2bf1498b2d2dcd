"""From a recipe to a portfolio, in five steps.

1. `targets.call_step` calls each strategy of the recipe in turn and carries its target weights forward.
2. `schedule.decisions` marks the sessions whose targets are traded; `book.Book` holds all that is traded.
3. `kernel.run_block` steps through the sessions: assets earn, cash earns or pays, what has ended is paid out, ruin is
   checked, trades are made at the weights decided `lag` sessions before, costs solved exactly. docs/design.md is its
   definition and `tests/witness/reference.py` says the same as a plain loop. `many` splits its books among threads.
4. `simulate.simulate` puts a book into arrays for it and names what came out: net asset value, weights, turnover and
   the lines that P&L adds up from.
5. `evaluate.evaluate` does all of it for one recipe; `ledger.audit` keeps the same book again, with vectorbt, by the
   orders that `journal` notes.
"""
