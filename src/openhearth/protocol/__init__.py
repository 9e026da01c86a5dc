"""Typed messages to our own other processes. Whatever crosses a process border is declared here."""
