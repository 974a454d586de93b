"""The world room on its own."""
