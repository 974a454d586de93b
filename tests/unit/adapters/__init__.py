"""The adapters room on its own."""
