"""From a blueprint to downloaded files and a history, in four steps.

1. `plan.plan_downloads` names each file once, with its address and what must be readable from it.
2. `history.fetch_history` takes the user's own file, or a copy of the last twelve hours, or asks for the file:
   `web.get_file` sends a GET, and `yahoo.get_prices` asks yfinance; what may pass is tried three times.
3. What came takes its name in the cache once the parser has read it.
4. `blueprints.build` makes the history of the files, as it does of files in a folder.
"""
