"""The page of a run: its files read and checked, and what they say in words, tables and pictures.

``reported`` reads a run's folder into the documents of ``documents``; each ``*_parts`` module makes the tables and
pictures of one section from them; ``page`` hands all of it to the template. ``parts`` is what a page is put together
from, for any page drybulb writes.
"""
