"""The engine room on its own."""
