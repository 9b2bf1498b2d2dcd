"""The pictures of the page: each module turns series into what plotly.js draws."""
