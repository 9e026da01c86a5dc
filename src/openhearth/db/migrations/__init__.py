"""The history of the tables. `Database.migrate()` brings a data folder to the newest revision.

A new revision: change the room's `tables.py`, then `python -m openhearth.db.migrations "what changed"`. When it is
as it should be, `python -m openhearth.db.migrations` writes into `empty_hub.sql` where all of them lead.
"""
