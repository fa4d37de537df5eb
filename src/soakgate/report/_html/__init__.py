"""Parts of the HTML page; `soakgate.report.html` puts them together."""
