"""Did users lose anything while the cluster was changed and soaked?"""
