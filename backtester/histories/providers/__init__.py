"""From a csv, a provider's or anybody's, to figures, in four steps.

1. `rows.read_rows` decodes the bytes, finds the separator, and tells the header and the rows of figures from banner and
   footer; `headings.column_names` makes names of one, two or three header rows.
2. `dates.read_dates` turns the first fields into dates. A file keeps to one of the known forms, and what two forms fit,
   such as 01/02/2024, is refused unless a row decides it or the form is named.
3. `parse.parse_table` turns the others into numbers; a field that is neither a number nor a known mark for a missing
   value is an error that names its row.
4. `blueprints.sources.source_values` picks the columns asked for and brings them to the form that a series needs: a
   level, or a level grown from returns.

`data import`, `data build`, `data fetch` and `data check` all come through here.
"""
