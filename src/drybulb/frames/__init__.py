"""What the tables mean: their columns, and how prints become candles, candles dense minutes, and all of them snapshots.

Each table is a class whose rules tell good rows from refused ones, with the reason. The rest are functions from frames
to frames: no file is opened here. Every row carries ``known_at``, and a snapshot at an instant joins only rows known by
then; that is the law the rest of the system leans on.
"""
