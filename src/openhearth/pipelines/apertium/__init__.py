"""Translation by dictionaries and rules: what Apertium's folders hold, the programs that work them, the task."""
