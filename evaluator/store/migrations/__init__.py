"""Bringing an older database up to this program's schema, all of it in one transaction or not at all.

A copy is made first, and before the commit it is checked that nothing was lost: rows of every table, the heads of
the audit trails, the answers themselves. It may be killed at any moment and starts over. Alembic is imported here
and nowhere else: a new database is made from the tables directly.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from evaluator.errors import DiskFullError, StorageError
from evaluator.language import _
from evaluator.paths import free_bytes
from evaluator.store.backup import snapshot
from evaluator.store.tables import SCHEMA_VERSION, TRIGGERS

if TYPE_CHECKING:
    from evaluator.store.database import Database

_FOLDER = Path(__file__).parent
_ROOM = 2.5  # times the size of the file: the copy, the log of the transaction, and some air


def migrate(
    database: Database, found: int, target: int = SCHEMA_VERSION, further: Sequence[Path] = ()
) -> Path:
    """Bring `database` from schema `found` to `target`; returns the copy made before.

    `further` are more folders of migrations, for tests. Raises DiskFullError before anything is done, StorageError
    (nothing is changed then) if the result is not what it must be.
    """
    size = database.path.stat().st_size
    if free_bytes(database.path) < size * _ROOM:
        raise DiskFullError(
            "disk_full",
            _("Bringing the database up to date needs {megabytes} MB on the disk").format(
                megabytes=-(-int(size * _ROOM) >> 20)
            ),
            _("Free some space and start again; nothing was changed"),
        )
    copy = snapshot(database, database.path.with_name("snapshots"), label=f"schema-{found}")
    # Recreating a table with foreign keys on would run their actions; only outside a transaction can they be off.
    database.raw.execute("PRAGMA foreign_keys = OFF")
    try:
        with database.transaction() as connection:
            before = _contents(connection)
            upgrade(connection, further)
            _check(connection, before)
            connection.exec_driver_sql(f"PRAGMA user_version = {target}")
    finally:
        database.raw.execute("PRAGMA foreign_keys = ON")
    database.raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return copy


def upgrade(connection: Connection, further: Sequence[Path] = ()) -> None:
    """Run all migrations that `connection` has not seen, inside its open transaction."""
    config = Config()
    config.set_main_option("path_separator", "newline")
    config.set_main_option("script_location", _escaped(_FOLDER))
    versions = [_FOLDER / "versions", *further]
    config.set_main_option("version_locations", "\n".join(_escaped(folder) for folder in versions))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _escaped(path: Path) -> str:
    return str(path).replace("%", "%%")


def _contents(connection: Connection) -> dict[str, str]:
    """What a migration must keep, as comparable texts."""
    tables = connection.exec_driver_sql(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        " AND name <> 'alembic_version'"
    )
    found = {
        f"rows of {name}": str(connection.exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar())
        for (name,) in tables.all()
    }
    for name, query in (
        ("heads of the audit trails", "SELECT id, visit_rev, audit_head FROM visit ORDER BY id"),
        ("answers", 'SELECT visit, path, "row", value, na, note FROM answer ORDER BY visit, path, "row"'),
    ):
        digest = hashlib.sha256()
        for row in connection.exec_driver_sql(query):
            digest.update(repr(tuple(row)).encode("utf-8", "surrogatepass"))
        found[name] = digest.hexdigest()
    return found


def _check(connection: Connection, before: Mapping[str, str]) -> None:
    after = _contents(connection)
    wrong = [name for name, value in before.items() if after.get(name) != value]
    if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
        wrong.append("foreign keys")
    triggers = connection.exec_driver_sql("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
    if dict(map(tuple, triggers)) != TRIGGERS:
        wrong.append("triggers")
    if wrong:
        raise StorageError(
            "migration_failed",
            _("The database could not be brought up to date: {what} would change").format(
                what=", ".join(wrong)
            ),
            _("Nothing was changed; go back to the version before and report this"),
        )
