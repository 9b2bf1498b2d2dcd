"""From a study's rows, one for each job (a recipe with its settings), to its page, `index.html`, in five steps.

1. `grid_map.make_grid_map` finds where each job stands in the study's grid, and so its neighbours.
2. `columns.packed_study` packs every job's settings and figures into one JSON block, which `index.js` sorts, filters
   and draws surfaces of.
3. `frontier`, `needed` and `tables` make what stands in the page without scripts.
4. `finding` says what the search amounts to.
5. `index.write_index` puts it all into the template.
"""
