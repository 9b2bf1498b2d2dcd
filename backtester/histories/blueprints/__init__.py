"""From providers' files to a history in a folder, in four steps.

A blueprint is a TOML file that lists the series of a history and the files from which they are built.

1. `blueprint.read_blueprint` reads which series a history has, and from which files their figures come.
2. `sources.source_level` reads figures from files: it adds up columns and compounds returns to a level.
3. `assemble.assemble` joins a series' files, and adds the times at which its values were published.
4. `write.write_history` writes one parquet file and the history's table in the folder's manifest.

`build.build_history` does all four; its caller decides where the files come from (a folder, a download).
"""
