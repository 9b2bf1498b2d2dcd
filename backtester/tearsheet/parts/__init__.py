"""The tables of the page: each module turns a part of the run's document into tables of text."""
