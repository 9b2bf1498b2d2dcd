"""The rules that every strategy obeys, one function each in `rules`, the past-only rule in `past_only`.

A recipe is a base strategy and the overlays on it, each with its settings a step; a layer is a step with the inputs
that it got and the weights that it returned. `check.check_recipe` applies all rules to the last step of a recipe, in
this process. `check.check_layer` is the short check that every run makes, and `check_cache.check_once` skips it if it
passed before. `batch.checks` applies the rules in processes of their own, where `files_written` records what a call
writes. Rules that loading and evaluation enforce (known roles, valid settings, finite weights, one row a session)
become findings too when a recipe is checked.
"""
