"""From a csv, of a provider or of a user, to figures, in four steps.

1. `rows.read_rows` decodes the bytes, finds the separator, and separates header and rows of figures from banner and
   footer; `headings.column_names` makes column names of one, two or three header rows.
2. `dates.read_dates` turns the first fields into dates. All dates of a file have one known form. A date that
   fits two forms, such as 01/02/2024, is refused unless another row decides it or the form is named.
3. `parse.parse_table` turns the other fields into numbers; a field that is neither a number nor a known mark for a
   missing value is an error that names its row.
4. `blueprints.sources.source_values` picks the columns asked for and brings them to the form that a series needs: a
   level, or a level grown from returns.

`data import`, `data build`, `data fetch` and `data check` all use these steps.
"""
