"""Answers as pictures, for pages and for reports in one file: what each record becomes in the words of the charts."""
