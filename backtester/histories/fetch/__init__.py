"""From a blueprint to downloaded files and a history, in five steps.

1. `plan.plan_downloads` names each file once, with its address and what must be readable from it.
2. `cache.read_copy` takes the copy that was kept, if it is whole and young enough.
3. `retry.download` asks the server for it, or whether the copy still holds: `web.get` sends one request,
   `attempt.attempt` streams the answer into a `.part` file and goes on where an earlier one stopped, and what may pass
   is tried again after a pause.
4. `cache.accept` gives the `.part` its name once the parser has read it.
5. `blueprints.build` makes the history of the files, as it does of files in a folder.

`history.fetch_history` does all of it.
"""
