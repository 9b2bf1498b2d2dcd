"""From providers' files to a history in a folder, in four steps.

1. `blueprint.read_blueprint` reads what a history is made of: each series with the files that its figures come from.
2. `sources.source_level` takes figures out of files: columns added up, returns grown to a level.
3. `assemble.assemble` joins a series' files, and adds the times at which its values were published.
4. `write.write_history` writes one parquet file and the history's table in the folder's manifest.

`build.build_history` does all of it; where the files come from (a folder, a download) is its caller's.
"""
