"""What a database is made of, so that two of them can be compared: SQLite's or PostgreSQL's, without its rows."""

from __future__ import annotations

from typing import Any, Final

Tables = dict[str, list[Any]]
"""What there is of each kind, sorted."""
POSTGRESQL: Final = {
    "columns": "SELECT table_name, column_name, data_type, character_maximum_length, numeric_precision, numeric_scale, "
    "is_nullable, is_identity, column_default FROM information_schema.columns WHERE table_schema = 'public'",
    "constraints": "SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE connamespace = 'public'::regnamespace",
    "indexes": "SELECT tablename, replace(indexdef, indexname, '') FROM pg_indexes WHERE schemaname = 'public'",
    "triggers": "SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "functions": "SELECT proname, prosrc FROM pg_proc p WHERE pronamespace = 'public'::regnamespace "
    "AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')",
    "migrations": "SELECT app, name FROM django_migrations",
}
"""Of what kind → a query; names that tables keep from before they were renamed are left out."""
SQLITE: Final = "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL"


def described(cursor: Any) -> Tables:
    """Tables, indexes, triggers and applied migrations behind a cursor of ``sqlite3``, psycopg or Django."""
    if "psycopg" in type(cursor).__module__ or (
        getattr(cursor, "db", None) and cursor.db.vendor == "postgresql"
    ):
        return {kind: _rows(cursor, query) for kind, query in POSTGRESQL.items()}
    rows = _rows(cursor, SQLITE)
    made: Tables = {name: parts(sql) for kind, name, sql in rows if kind == "table"}
    # indexes by what they index: a table that was renamed keeps the names of its indexes
    made["indexes"] = sorted(sql.replace(name, "") for kind, name, sql in rows if kind == "index")
    made["triggers"] = sorted(sql for kind, _, sql in rows if kind == "trigger")
    made["migrations"] = _rows(cursor, POSTGRESQL["migrations"])
    return made


def _rows(cursor: Any, query: str) -> list[tuple[Any, ...]]:
    cursor.execute(query)
    return sorted(cursor.fetchall(), key=repr)


def parts(sql: str) -> list[str]:
    """What stands in the parentheses of a CREATE TABLE, in no order: a column that was added later stands last."""
    result, depth, quoted, begin = [], 0, False, sql.index("(") + 1
    end = sql.rindex(")")
    for at in range(begin, end):
        quoted ^= sql[at] == "'"
        depth += 0 if quoted else (sql[at] == "(") - (sql[at] == ")")
        if sql[at] == "," and not depth and not quoted:
            result.append(sql[begin:at])
            begin = at + 1
    return sorted(" ".join(part.split()) for part in [*result, sql[begin:end]])
