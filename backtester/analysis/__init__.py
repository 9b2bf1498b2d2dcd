"""What the portfolios did when stocks and bonds fell together, in nine steps.

1. `lenses.Lenses` names the two legs and how far they fall; `pair.reference_pair` holds 60% stocks and 40% bonds,
   brought back at each month-end close, and keeps each leg's P&L.
2. `drawdowns.drawdowns` finds the falls of the pair from peak to trough, `Pair.kind` tells joint from hedged.
3. `selloffs.joint_selloffs` takes the windows of at most 21 sessions in which both legs fell, worst first, apart;
   `rotations.rotated_counts` says how many there would be by chance.
4. `crises.read_crises` reads the named windows; `windows.window_return` is what anything returned in any window.
5. `dependence` and `regimes` say how the legs moved together; `aftermath` what a window was part of and came after it.
6. `scorecard.scorecard` sets a strategy against the reference and its twin; `standins.mix_of` is the mix that it is set
   against too; `slices` and `calm` tell the card again by kind of window, and of the years without any.
7. `attribution` splits returns by asset and P&L line.
8. `measures.measure_books` is the usual page, of one record or thousands; `periods` are its years and months.
   `figures.figures` is the table that names each figure, shows how it is written, and explains it.
9. `resample.bootstrap` draws the sessions again in blocks and finds all of that anew: how sure the scorecard is.
"""
