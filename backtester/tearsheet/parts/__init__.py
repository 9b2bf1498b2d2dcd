"""The tables of the page: each module turns a part of the document into tables of text."""
