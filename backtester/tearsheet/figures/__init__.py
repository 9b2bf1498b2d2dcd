"""The charts of the page: each module turns series into specifications that plotly.js draws in the browser."""
