"""Segments in the SQL of every warehouse: which ones there are, and what each of them writes in a way of its own."""
