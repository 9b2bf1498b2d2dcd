"""What every page shares, whatever it shows; nothing here knows a run or its document.

1. `names` holds what a strategy is called on a page, with its colour and flags; `format` writes numbers and dates.
2. `table` and `figure` describe tables and charts, `strip` events along a time axis, drawn as inline SVG.
3. `csv_text` writes a table as csv, beside the page and inside it.
4. `palette` has the colours, light and dark, as CSS variables.
5. `environment` loads the templates, a page's own and the shared macros, and has the sections that they show.
6. `embed` packs arrays as base64, hashes scripts and writes the Content-Security-Policy; `drawing` has all that
   a page with charts carries.
"""
