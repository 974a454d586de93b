"""The frames room on its own."""
