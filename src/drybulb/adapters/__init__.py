"""The only network and disk: the lake, the readers of foreign formats, the registry of models, the journal.

An adapter turns something outside into the tables and values of the inner rooms, or refuses it with the file, the row
and the reason; nothing is half-written. What is known about the outside (its units, its delays, its traps) is written
down here and nowhere further in.
"""
