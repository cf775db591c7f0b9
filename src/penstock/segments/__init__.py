"""Segments: a tree of conditions becomes a SQLGlot expression, a list of problems, or an English sentence.

Pure functions; nothing here opens a source, and no value is ever pasted into the text of a query.
"""
