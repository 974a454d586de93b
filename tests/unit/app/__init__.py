"""The app room on its own."""
