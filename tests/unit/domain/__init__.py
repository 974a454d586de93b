"""The domain room on its own."""
