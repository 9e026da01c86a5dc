"""What was taught to starter models: low-rank adapters in peft's format, each with the program that made it."""

from pathlib import Path

SENTIMENT = Path(__file__).with_name("sentiment")
