"""The research room on its own."""
