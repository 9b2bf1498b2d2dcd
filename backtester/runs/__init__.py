"""From settings to a run's folder, in four steps.

1. `settings.RunSettings` says what is to be run; command line, study and job share it.
2. `run.carry_out` evaluates every recipe, checks it, finds the common window and analyses it: a `result.Result`, whose
   figures are attributes and frames.
3. `document.document` writes the result down as the JSON document of DESIGN section 9.
4. `folder.write_run` puts the document, the series and the manifest into a folder, from which pages are made.
"""
