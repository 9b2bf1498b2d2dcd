"""The tearsheet: a run's folder as one page, in seven steps.

1. `backtester.runs.folder.read_run` gives the document (the results as JSON), the manifest and the series; nothing is
   computed again.
2. `names.named_strategies` gives every strategy its label, colour and flags, the same throughout the page.
3. `backtester.runs.sentences` writes the sentences on the results.
4. `parts` turns the document into tables of text: a module for each part of the page.
5. `figures` turns the series into specifications for plotly.js, with colours by name.
6. `sections.page_sections` collects tables, charts and sentences into sections; `backtester.pages.csv_text` writes a
   csv of every table.
7. `page.render_tearsheet` fills the templates, which escape all text from outside; `publish.publish` writes the files
   of a run and its pages into their folder together.
"""
