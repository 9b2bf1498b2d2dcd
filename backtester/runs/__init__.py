"""From settings to a run's folder, in four steps.

1. `settings.RunSettings` says what is to be run; command line, study and job share it. `inputs.read_inputs` reads what
   it names, and `direct.run` is given the same from Python.
2. `run.carry_out` evaluates every recipe, checks it, finds the common window and analyses it: a `result.Result`, whose
   figures are attributes and frames.
3. `document.document` writes the result down as one JSON document.
4. `folder.write_run` puts the document, the series and the manifest into a folder, from which pages are made.
"""
