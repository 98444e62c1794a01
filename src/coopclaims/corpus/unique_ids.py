"""Ids that are each used once, remembered on disk: memory stays flat over any number of documents."""

from __future__ import annotations

import sqlite3

CACHE_KIBIBYTES = 8192  # Fewer ids than this holds never reach the disk.


class UniqueIds:
    """Hands out each id once; the names given out are in a temporary database that vanishes with the object."""

    def __init__(self) -> None:
        # The empty name makes a private temporary file; the stream of documents may be read by any one thread.
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        for statement in (
            "PRAGMA journal_mode = OFF",
            f"PRAGMA cache_size = -{CACHE_KIBIBYTES}",
            "CREATE TABLE ids (name TEXT PRIMARY KEY, copies INTEGER NOT NULL) WITHOUT ROWID",
            "BEGIN",
        ):
            self._database.execute(statement)

    def take(self, name: str) -> str:
        """``name`` if nobody has it yet, otherwise the first free of ``name#2``, ``name#3``, …."""
        unique = name
        while not self._insert(unique):
            unique = f"{name}#{self._next_copy(name)}"
        return unique

    def _insert(self, name: str) -> bool:
        return self._database.execute("INSERT OR IGNORE INTO ids VALUES (?, 1)", (name,)).rowcount == 1

    def _next_copy(self, name: str) -> int:
        # Remembering how far each name has got keeps a thousand equal ids from costing a million look-ups.
        query = "UPDATE ids SET copies = copies + 1 WHERE name = ? RETURNING copies"
        [[copies]] = self._database.execute(query, (name,)).fetchall()
        return int(copies)
