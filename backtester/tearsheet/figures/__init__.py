"""The charts of the page: each module turns series into specifications for plotly.js."""
