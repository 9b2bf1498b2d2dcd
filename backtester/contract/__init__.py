"""The rules that every strategy obeys, one function each in `rules`, the past-only rule in `past_only`.

`check.check_recipe` runs them all on the last step of a recipe; `check.check_layer` runs the short form that every run
carries. Rules that loading and evaluation enforce by themselves (known roles, valid settings, finite weights, one row a
session) become findings too when the recipe is checked.
"""
