"""The benches that write a page, on their own."""
