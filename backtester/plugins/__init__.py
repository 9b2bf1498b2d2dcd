"""From a file with one function to a step of a recipe (a base strategy, and overlays that change its weights).

1. `loader.load_library` finds strategy files: built-ins, paths the user names, installed entry points.
2. `loader.load_strategy` reads a file once, hashes those bytes and executes those bytes.
3. `declaration.read_declaration` reads what the signature of `weights` declares: what it reads and its settings.
4. `recipes.parse_recipe` turns `sixty_forty + gold_overlay(size=0.10)` into steps with validated settings;
   `spelling.spell` turns their values into text again.

`installed` reads the files of a distribution that has a strategy, `packing` sends strategies to other processes,
`from_code` makes a strategy of a function or a table of weights, and `new_strategy` has the files of a new one.
`funding` and `signals` are for strategies to import.

All code of plugins runs inside `guard.plugin_code`.
"""
