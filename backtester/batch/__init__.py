"""From a study to a table of results, in four steps.

1. `study.read_study` reads the TOML file, `study.expand` multiplies its grids out to recipes.
2. `jobs.plan_jobs` parses every recipe and gives each job its key: the hash of all that its result depends on.
3. `workers.open_workers` carries the jobs out in spawned processes; one that raises, hangs or dies is a row with its
   error.
4. `store.Store` keeps rows in parts, each renamed into place, and joins them into `results.parquet`; what is there
   already is not run again.

`carry_out.run_batch` does all of it. `checks.check_candidates` holds strategies to the contract, each in processes of
its own.
"""
