"""A blueprint of a history that is made of two files, and the files."""

STOCKS = "Date,Close,Adj Close\n2024-01-02,10,1\n2024-01-03,11,2\n2024-01-04,12,4\n2024-01-05,12,4\n"
RATE = "observation_date,DGS3MO\n2024-01-02,3.65\n2024-01-03,7.3\n2024-01-04,.\n2024-01-05,3.65\n"
BLUEPRINT = """
title = "Made of two files"
sessions_a_year = 250

[series.stocks]
kind = "total_return"
unit = "index"
source = "a file of two rows"
licence = "none"
from = [{ provider = "yahoo", file = "stocks.csv" }]

[series.rate]
kind = "rate"
unit = "percent a year"
source = "a file of a rate"
licence = "none"
lag_sessions = 1
from = [{ provider = "fred", file = "rate.csv" }]

[series.bills]
kind = "bills"
yield = "rate"
unit = "index"
source = "built from rate"
licence = "none"
"""
