"""Scenarios that continue a history, through which every strategy trades by its own rules.

1. `starting_point.read_starting_point` reads a history's figures up to a session.
2. `read.read_scenario` reads a scenario's file; `build.make_path` makes its path from a starting point: `replay` of
   a window of the past, shocks of a stated shape (`shapes`), what the basis-trade spiral does (`basis`), the Fed's
   purchases (`fed`), and noise from the history's own residuals (`noise`).
3. `extend.extend` appends the path to the figures, and makes a market on which plugins and engine run as on any other.
4. `outcomes.run_scenario` returns the outcome of each strategy on the path, beside that of its mix: the fixed shares of
   stocks, bonds and bills that moved as the strategy did in the history.
5. `reverse.reverse_scales` finds the scale at which a strategy loses a given amount; `frequency` resamples the whole
   history in blocks so that joint sell-offs come more often.
"""
