"""Published results, obtained again through plugins and the engine.

    python -m replications [--from DIR ...] [--out DIR]

builds `us_long` from the providers' files in the folders, carries each module here out, prints what was published
beside what was obtained, and writes a page with a chart for each. Exit status 1 where a figure is off by more than its
tolerance; each tolerance, and each known difference, has its reason on the page.

1. `sources.Sources` are the files and the history built of them.
2. A module's `replicate` runs strategies on them: a `figure.Replication`.
3. `page.page` makes the page of it.
"""
