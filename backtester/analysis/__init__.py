"""What the portfolios did when stocks and bonds fell together, in nine steps.

1. `pair.Lenses` names the two legs and how far they fall; `pair.reference_pair` holds 60% stocks and 40% bonds,
   brought back at each month-end close, and keeps each leg's P&L.
2. `period.Period` is the measured sessions: it finds the falls of the pair (`windows`), and by `sell_offs` the windows
   in which both legs fell, worst first, apart. `base_rates` counts how many chance has, and how often bonds fell when
   stocks did; `crises` reads the named windows.
3. `mix.find_mixes` finds for each strategy the fixed shares of both legs that moved as it did, kept as a book.
4. `scorecard.make_cards` sets strategies against the reference and their mixes; `verdict.placebo` moves their weights
   in time.
5. `analyse.analyse` does 3 and 4 for one strategy or thousands.
6. `resample.bootstrap` draws the sessions again in blocks and finds all of that anew: how sure the scorecard is;
   `period.other_definitions` are other readings of a joint sell-off; `verdict.verdict` is what may be said.
7. `dependence` is how the legs moved together, `aftermath` what came after a window, and what a strategy did in years
   without any.
8. `attribution` splits returns by asset and P&L line.
9. `measures.measure_books` is the usual page, of one record or thousands; `calendar_years` and
   `calendar_months` are its years and months.
   `figures.figures` is the table that names each figure, says how it is written, and explains it.
"""
