"""From a provider's own file to figures, in three steps.

1. `rows.read_rows` decodes the bytes and finds the header and the rows of figures between banner and footer.
2. `parse.parse_table` turns fields into dates and numbers; a field that is neither a number nor a known mark for a
   missing value is an error that names its row.
3. `sources.read_source` picks the columns asked for and brings them to the form that a series needs: a level, or a
   level grown from returns; `sources.join_sources` splices several files by returns.

`data import`, `data build` and `data fetch` all come through here.
"""
