"""The numbers as a report: on a terminal, as one HTML file, as rows for a table. Each is made from the printed JSON."""
