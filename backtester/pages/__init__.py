"""What all pages share; nothing here imports the code of runs.

1. `names` has a strategy's name on a page, with its colour and flags; `format` writes numbers and dates.
2. `table` and `figure` describe tables and charts, `strip` and `lines` small charts drawn as inline SVG.
3. `csv_text` writes a table as csv, beside the page and inside it.
4. `palette` has the colours, light and dark, as CSS variables.
5. `environment` loads the templates, a page's own and the shared macros, and defines the sections that they show.
6. `embed` packs arrays as base64, hashes scripts and writes the Content-Security-Policy; `drawing` collects what a
   page with charts needs.
"""
