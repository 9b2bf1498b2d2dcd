"""A run's folder on one page, in seven steps.

1. `backtester.runs.folder.read_run` gives the document, the manifest and the series; nothing is computed again.
2. `names.cast` gives every strategy the label, the colour and the flags that it has on the whole page.
3. `backtester.runs.sentences` has the sentences on the results.
4. `parts` turns the document into tables of text: a module for each part of the page.
5. `figures` turns the series into specifications for plotly.js, with colours by name.
6. `sections.gather` puts both into sections; every table in one has a csv (`backtester.pages.csv_text`).
7. `page.render_tearsheet` fills the templates, where everything from outside is escaped, with what
   `backtester.pages` gives every page; `publish` puts the files of a run and its pages into their folder together.
"""
