"""Measures strategies, above all in the windows in which stocks and bonds fell together, in nine steps.

1. `pair.PairSettings` names the two legs and the falls that make a sell-off; `pair.reference_pair` holds 60% stocks and
   40% bonds, rebalanced at each month-end close, and keeps each leg's P&L.
2. `period.Period` is the measured sessions. It finds the drawdowns of the pair (`windows`) and, by `sell_offs`, the
   windows in which both legs fell. `base_rates` counts how many such windows there would be by chance, and in how many
   sell-offs of stocks bonds fell too; `crises` reads the named windows.
3. `mix.find_mixes` finds for each strategy the mix of both legs and bills that had the same exposure, kept as a book.
4. `scorecard.make_scorecards` compares strategies with the reference and with their mixes; `verdict.placebo` compares
   them with their own weights held at other times.
5. `analyse.analyse` does 3 and 4 for one strategy or thousands.
6. `resample.bootstrap` resamples the sessions in blocks and repeats all of that, which gives the intervals of the
   scorecard; `period.other_definitions` are other definitions of a joint sell-off; `verdict.verdict` is the verdict.
7. `dependence` measures how the legs moved together, `aftermath` what came after a window, and the years without joint
   sell-offs.
8. `attribution` splits returns by asset and P&L line.
9. `measures.measure_books` has the usual measures (Sharpe ratio, drawdown, ...) of one record or thousands;
   `calendar_years` and `calendar_months` are its returns by year and month. `figures.figures` is the table that names,
   formats and explains each figure.
"""
