"""The tables of the page: each module turns a part of the run's document, its results as JSON, into tables of text."""
