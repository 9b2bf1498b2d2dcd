"""What the portfolios did when stocks and bonds fell together, in six steps.

1. `pair.reference_pair` holds 60% stocks and 40% bonds, brought back at each month-end close, and keeps each leg's P&L.
2. `drawdowns.drawdowns` finds the falls of the pair from peak to trough, `pair.classify` tells joint from hedged.
3. `selloffs.joint_selloffs` takes the windows of at most 21 sessions in which both legs fell, worst first, apart.
4. `crises.read_crises` reads the named windows; `windows.window_return` is what anything returned in any window.
5. `scorecard.scorecard` sets a strategy against the reference and against its twin; `measures.measures` is the rest.
6. `resample.bootstrap` draws the sessions again in blocks and finds all of that anew: how sure the scorecard is.
"""
