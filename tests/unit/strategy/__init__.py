"""The strategy room on its own."""
