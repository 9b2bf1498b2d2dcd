"""From a recipe (a base strategy and the overlays that change its weights) to a portfolio, in five steps.

1. `targets.call_step` calls each strategy of the recipe in turn; `layers` carries their target weights forward, and
keeps
   what many recipes share.
2. `schedule.decisions` marks the sessions whose targets are traded; a `book.Book` has all that determines a portfolio.
3. `kernel.run_block` goes through the sessions: assets earn, cash earns or pays, assets that have ended are paid out,
   ruin is checked, and trades are made at the weights decided `lag` sessions before, with costs solved exactly.
   docs/design.md is its definition, and `tests/witness/reference.py` is the same as a plain loop. `many` splits books
   among threads.
4. `simulate.simulate` turns a book into arrays for the kernel, and the kernel's arrays into named `Accounts`: net asset
   value, weights, turnover, and the lines that P&L adds up from.
5. `evaluate.evaluate` does all of it for one recipe. `ledger.audit` checks it with a second engine, vectorbt, to which
   it sends the orders that `ledger_units` works out.
"""
