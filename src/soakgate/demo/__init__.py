"""A demo that needs nothing: three processes behind a small TCP front, replaced one by one.

It is no cluster and never pretends to be one; it shows a whole run in about a minute.
"""
