"""The engine against its peers, in seven steps.

1. `work.made` makes a market and books from a fixed seed, as plain arrays; `cases.CASES` says how much of it.
2. `contestants` lists who takes part: this engine (`ours`), the `bare` kernel, and the `peers` vectorbt, bt and qis.
3. `contest.carried_out` gives each a process of its own (`worker`), takes peak memory and final values, and times all
   in turns.
4. `conventions` keeps every book again as a plain loop, once for each convention of what a trade buys; each contestant
   must agree with its own to 1e-9.
5. `growth` fits how our time grows with sessions, books and assets, and what a second thread saves.
6. `startup` times processes before their first portfolio: without a cache, with one, several at once.
7. `results.goals` holds what was found against what was asked, and `table.text` prints it.
"""
