"""Each room tested on its own, in a folder of its name."""
