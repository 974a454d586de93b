"""The forecast room on its own."""
