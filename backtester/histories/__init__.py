"""From parquet files to a market (series aligned on their sessions), in five steps.

Each series of a history has a role, the name by which strategies ask for it, such as `stocks`, and a kind, such as
`price` or `bond`, which says what its figures are or how its values are computed.

1. `manifest.find_history` reads which series a folder holds, what each is and what its files hash to.
2. `store.read_figures` reads columns of the files whose hashes are in the manifest, and refuses bad figures.
3. `align.align_asset` and `align.known_at_closes` put each series onto the sessions, the dates of `stocks`: levels are
   carried over short gaps and counted, observables (which cannot be held) are used only once they were published.
   `periods` dates monthly figures by the month's last session, and measures a daily history at the ends of weeks,
   months or quarters.
4. Each file of `kinds` computes one kind of series, also those that nobody quotes: par bonds from yields, bills from
   a rate, options that are bought again every month. The arithmetic is in `derived` and `options`; `levels` gives each
   kind the figures that it needs. `splices` joins series before they are stored.
5. `market.load_market` puts it together: the `Market` that engine and plugins get.
"""
