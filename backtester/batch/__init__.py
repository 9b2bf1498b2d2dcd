"""From a study, a TOML file of recipes with grids of settings, to a table of results, in five steps.

1. `study.read_study` reads the TOML file, and `study.expand` multiplies its grids out to recipes.
2. `study_plan.plan_study` parses every recipe; `jobs.plan_jobs` gives each job its key, the hash of all that its result
   depends on.
3. `workers.open_workers` runs the jobs in worker processes, and `cluster.open_cluster` on a Dask cluster; a job that
   raises, hangs or dies has a row with its error.
4. `store.Store` keeps the rows in files, and writes the rows of the study's jobs to `results.parquet`; jobs that have a
   row are not run again.
5. `stored_search.stored_or_new_search` says how much of the best result is luck, and `page.index.write_index` writes
   the page.

`carry_out.run_batch` does all of it. `checks.check_candidates` checks that strategies keep the contract, each in
processes of its own.
"""
