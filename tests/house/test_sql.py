"""SQL stands where a reader looks for it: reads in queries, moves of a status in lifecycles, bulk inserts in three verbs.

The room `reports` is nothing but reads, so each of its files may select.
"""

import ast

from tests.support import sources

STATEMENTS = {"select", "update", "insert", "delete"}
HOMES = {"queries.py", "lifecycle.py", "importing.py", "storing.py", "enrolling.py", "ledger.py", "db.py"}


def test_statements_are_written_only_where_they_belong():
    strays = [
        f"{path}:{node.lineno} {', '.join(sorted(found))}"
        for path, module in sources.modules().items()
        if path.name not in HOMES and "migrations" not in path.parts
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in {"sqlalchemy", "sqlmodel"}
        if (found := (STATEMENTS - _allowed_in(path)) & {alias.name for alias in node.names})
    ]
    sources.listed(
        strays,
        f"Move these statements to the room's queries.py or lifecycle.py (SQL lives in {', '.join(sorted(HOMES))}):",
    )


def _allowed_in(path):
    return {"select"} if path.parts[:2] == ("phonebank", "reports") else set()
