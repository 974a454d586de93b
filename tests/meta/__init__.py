"""The repository looked at as a text: its words, its locks, its set-up."""
