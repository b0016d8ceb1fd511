"""What a run stood on: machine, systems and libraries, without the name or the paths of the machine."""

import os
import platform
import sqlite3
import subprocess
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psycopg
import pymysql

from benchmarks.http_load import WRK

LIBRARIES = (
    "eventsourcing",
    "pydantic",
    "orjson",
    "fastapi",
    "starlette",
    "uvicorn",
    "psycopg",
    "django",
    "django-simple-history",
    "PyMySQL",
)


def described(server: str | None, socket: str | None) -> dict[str, str]:
    """Name and value, in the order in which they are told."""
    facts = {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "processor": _first("/proc/cpuinfo", "model name") or platform.processor() or platform.machine(),
        "cores": str(os.cpu_count()),
        "load before the run": f"{os.getloadavg()[0]:.1f}",
        "memory": _memory(),
        "kernel": f"{platform.system()} {platform.release()}",
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        "SQLite": sqlite3.sqlite_version,
        "PostgreSQL": "none found",
        "MariaDB": "none found",
        "wrk": "none found",
    }
    if server:
        with psycopg.connect(server) as connection:
            facts["PostgreSQL"] = f"{connection.info.server_version // 10_000}.{connection.info.server_version % 100}"
    if socket:
        with pymysql.connect(unix_socket=socket, user="root") as mariadb:
            cursor = mariadb.cursor()
            cursor.execute("SELECT version()")
            (server_version,) = cursor.fetchone() or ("",)
            facts["MariaDB"] = str(server_version).partition("-")[0]
    if WRK:
        words = subprocess.run([WRK, "-v"], check=False, capture_output=True, text=True).stdout.split()
        facts["wrk"] = words[1] if len(words) > 1 else "found"
    for name in LIBRARIES:
        try:
            facts[name] = version(name)
        except PackageNotFoundError:
            facts[name] = "none found"
    return facts


def _first(path: str, name: str) -> str:
    """The value of the first line of a system's file that begins with a name."""
    file = Path(path)
    lines = file.read_text().splitlines() if file.exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "")


def _memory() -> str:
    words = _first("/proc/meminfo", "MemTotal").split()
    return f"{int(words[0]) / 1024 / 1024:.0f} GiB" if words else "unknown"
