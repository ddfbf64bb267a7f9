"""The queue's file, kept as the studio's own database is."""

import sqlite3

from huey import SqliteHuey
from huey.storage import SqliteStorage


class Storage(SqliteStorage):
    """Does not wait for the disk at every step: with a write-ahead log that is safe, and a lost nudge loses nothing."""

    def _create_connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection = super()._create_connection()
        connection.execute("PRAGMA synchronous=NORMAL")
        return connection


class StudioHuey(SqliteHuey):
    storage_class = Storage
