"""Scenarios put on top of a history, so that every strategy lives through them as it would have traded.

1. `starting_point.read_starting_point` reads a history's figures up to a session.
2. `read.read_scenario` reads a scenario's file; `build.make_path` makes its path from a starting point: `replay` of
   a window of the past, shocks of a stated shape (`shapes`), what the basis-trade spiral does (`basis`), the Fed's
   purchases (`fed`), and noise from the history's own residuals (`noise`).
3. `extend.extend` appends the path to the figures: the market of it runs through plugins and engine as ever.
4. `outcomes.run_scenario` is what each strategy did on the way, against its mix.
5. `reverse_scales` finds the scale at which a strategy loses so much; `frequency` resamples the whole history in blocks
   so that joint sell-offs come more often.
"""
