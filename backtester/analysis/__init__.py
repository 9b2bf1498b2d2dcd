"""What the portfolios did when stocks and bonds fell together, in nine steps.

1. `lenses.Lenses` names the two legs and how far they fall; `pair.reference_pair` holds 60% stocks and 40% bonds,
   brought back at each month-end close, and keeps each leg's P&L.
2. `drawdowns.drawdowns` finds the falls of the pair from peak to trough, `Pair.kind` tells joint from hedged.
3. `selloffs.joint_selloffs` takes the windows of at most 21 sessions in which both legs fell, worst first, apart;
   `rotations.rotated_windows` finds those that there would be by chance, `definitions.other_definitions` those by other
   rules, and `cushion.cushion` counts in how many falls of stocks bonds fell too.
4. `crises.read_crises` reads the named windows; `windows.window_return` is what anything returned in any window.
5. `dependence` and `regimes` say how the legs moved together; `aftermath` what a window was part of and came after it.
6. `analyse.analyse` sets strategies against the reference and their mixes: `mix.find_mixes` finds these,
   `scorecard.make_cards` makes the figures, `placebo` says what the same weights would have paid at other times, and
   `verdict.verdict` what is clear; `calm` is of the years without any sell-off.
7. `attribution` splits returns by asset and P&L line.
8. `measures.measures` is the usual page, from `ratios`, `betas` and `periods`; `figures.figures` is the table that
   names and explains each.
9. `resample.bootstrap` draws the sessions again in blocks and finds all of that anew: how sure the scorecard is.
"""
