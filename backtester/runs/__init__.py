"""A run: from settings to results, and to a folder with all of them, in four steps.

1. `settings.RunSettings` says what to run; the command line, studies and jobs share it. `inputs.read_inputs` reads the
   history and the strategies that it names. `direct.run` makes both from the arguments of a call in Python.
2. `run.carry_out` simulates every recipe (a base strategy and its overlays), checks it for look-ahead, finds the period
   that all recipes have in common, and analyses it: a `result.Result`, whose figures are attributes and data frames.
3. `document.document` turns the result into one JSON document.
4. `folder.write_run` writes the document, the series and the manifest to a folder, from which pages are made.
"""
