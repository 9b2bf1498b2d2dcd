"""From series to findings, in four steps.

1. `files.check_files` reads providers' csv files, `history.check_history` a history's parquet: what cannot be read is
   a finding, and each readable series becomes a `CheckedSeries`, with its kind (`price`, `yield`, ...) if it is stated.
2. `series.check_series` makes every check of one series: `levels`, `dates`, `gaps`, `confusion`, `units`,
   `stale`, `interpolated`, `adjusted`, `rounded` and `jumps`; `bars` and `adjusted.check_ratio` look at the columns of
   one file together.
3. `fills.check_fills` compares the series of one folder, or one history, with each other, and `copies.check_copies`
   those that are in several files of a folder.
4. Many findings of one check on one series become one (`series.merged_findings`).

Nothing is changed. A check reports what chance does not explain, given the values around it, so its limits are
probabilities and standard deviations; each is a constant at the top of its file.
"""
