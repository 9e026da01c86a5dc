"""How we speak: routing on raw paths, who is asking, errors in each dialect, bodies and files. Knows no domain."""
