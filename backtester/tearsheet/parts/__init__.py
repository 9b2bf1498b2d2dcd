"""The numbers of the page as text: each module turns a part of the document into tables."""
