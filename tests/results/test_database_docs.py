"""docs/database.md lists every table, view and column, and each has a meaning."""

from __future__ import annotations

from sqlalchemy import text

from results.describing import PAGE, page
from results.tables.everything import TABLES
from results.views.everything import VIEWS


def test_the_page_is_what_the_comments_make() -> None:
    assert PAGE.read_text() == page(), "python -m results.describing"


def test_every_table_view_and_column_has_a_meaning() -> None:
    for table in TABLES:
        assert table.comment, table.name
        for column in table.columns:
            assert column.comment, column
    for view in VIEWS:
        assert view.comment
        assert all(view.columns.values()), view.name


def test_postgresql_shows_the_meanings_of_tables_and_views(postgresql_server) -> None:
    from results.database import open_database

    url = postgresql_server.migrated_database()
    database = open_database(url)
    query = text("SELECT col_description(CAST(:name AS regclass), 1), obj_description(CAST(:name AS regclass))")
    with database.read() as connection:
        for name, column, comment in [
            *((table.name, table.columns[0].comment, table.comment) for table in TABLES),
            *((view.name, next(iter(view.columns.values())), view.comment) for view in VIEWS),
        ]:
            assert tuple(connection.execute(query, {"name": name}).one()) == (column, comment)
    database.dispose()
    postgresql_server.drop(url)
