"""``python -m drybulb``: the command line, for a place where the console script is not on the path."""

from __future__ import annotations

from drybulb.cli import main

if __name__ == "__main__":
    main()
