"""The rules that every strategy obeys, one function each in `rules`, the past-only rule in `past_only`.

`check.check_recipe` runs them all on the last step of a recipe, in this process; `check.check_layer` runs the short
form that every run carries, and `remembered.check_once` only where it was not run before; `batch.checks` runs them in
processes of their own, where `files_written` sees what a call keeps in files. Rules that loading and evaluation enforce
by themselves (known roles, valid settings, finite weights, one row a session) become findings too when the recipe is
checked.
"""
