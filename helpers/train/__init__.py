"""The engine: one loop that trains everything in the book."""
