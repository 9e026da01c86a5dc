"""Small pure parts without a domain of their own: ids, clock, names, byte ranges, cursors, ETags."""
