"""From a blueprint to downloaded files and a history, in four steps.

1. `plan.plan_downloads` lists each file once, with its address and the sources that must be readable from it.
2. `history.fetch_history` takes the user's own file, a copy from the last twelve hours, or downloads the file:
   `web.get_file` sends a GET, and `yahoo.get_prices` asks yfinance. Failures that may be temporary are tried
   three times.
3. A download is stored in the cache once the parser has read it.
4. `blueprints.build` makes the history from the files, as it does from files in a folder.
"""
