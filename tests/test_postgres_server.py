import psycopg


def test_the_server_answers(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_the_server_is_a_postgresql_that_we_support(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        row = connection.execute("select version(), current_setting('server_version_num')::int").fetchone()
    assert row is not None
    version, number = row
    assert version.startswith("PostgreSQL ")
    assert number >= 15_00_00


def test_each_test_has_an_empty_database_of_its_own(postgres_server: str, postgres_url: str) -> None:
    assert postgres_url != postgres_server
    with psycopg.connect(postgres_url) as connection:
        tables = connection.execute("select count(*) from pg_tables where schemaname = 'public'").fetchone()
    assert tables == (0,)
