"""A highly available PostgreSQL on one machine: three nodes with a network of their own each, and what stands before them.

A node is a network namespace with etcd, Patroni and the PostgreSQL that Patroni runs; it is cut off by taking its link
down. Before them, on the machine itself: HAProxy, which asks Patroni who the primary and who the synchronous standby is,
and pgbouncer in transaction mode. All of it lies in one folder and is gone at the end.
"""

import json
import os
import platform
import pwd
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import psycopg

PACKAGES = "patroni etcd-server haproxy pgbouncer postgresql-15 iproute2"
"""Debian's packages that it needs."""
PROGRAMS = Path("/usr/lib/postgresql/15/bin")
USER = "postgres"
SCOPE = "initinere"
BRIDGE = "initinere-ha"
NETWORK = "10.77.0"
HOST = f"{NETWORK}.254"
PRIMARY_PORT, STANDBY_PORT, BOUNCER_PORT = 15000, 15001, 16432
OWNER, SERVICE = "initinere_proprietario", "initinere_servizio"
TTL, LOOP_WAIT, RETRY_TIMEOUT = 8, 1, 3
"""Of Patroni, in seconds: the lease of the primary, how often it is looked after, how long etcd is waited for."""
RESTART_SECONDS = 1.0
"""After how long what was killed is started again, as a supervisor of the system does."""
_PATH = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])


class Node(NamedTuple):
    """One of the three: its name, its address, the namespace of its network, the link that leads there."""

    name: str
    address: str
    namespace: str
    link: str


NODES = tuple(Node(f"n{n}", f"{NETWORK}.{n}", f"initinere-n{n}", f"initinere-l{n}") for n in (1, 2, 3))


class Member(NamedTuple):
    """What Patroni says of a node."""

    role: str
    state: str
    timeline: int | None


class Cluster:
    """The three nodes, the balancer and the bouncer, as long as they run."""

    def __init__(self, folder: Path, interface: str = "etcd") -> None:
        self.folder = folder
        self._interface = interface
        self._processes: list[subprocess.Popen[bytes]] = []
        self._bouncer: subprocess.Popen[bytes] | None = None

    # -- addresses -----------------------------------------------------------------------------------------------------

    def url(self, role: str = SERVICE, database: str = SCOPE, *, port: int = BOUNCER_PORT) -> str:
        """The address of the database: through the bouncer, where nothing else is said."""
        return f"postgresql://{role}@127.0.0.1:{port}/{database}"

    @property
    def standby_url(self) -> str:
        """The address of the synchronous standby, through the bouncer."""
        return self.url(database=f"{SCOPE}_letture")

    @property
    def direct_url(self) -> str:
        """The address of the primary, past the bouncer, as the owner of the tables."""
        return self.url(OWNER, port=PRIMARY_PORT)

    @contextmanager
    def connected(self, url: str) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
        """A connection for one question."""
        with psycopg.connect(url, connect_timeout=3, prepare_threshold=None) as connection:
            yield connection

    # -- up and down ---------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Starts everything, and waits until the three are one cluster with the database of the service in it."""
        who = pwd.getpwnam(USER)
        os.chown(self.folder, who.pw_uid, who.pw_gid)
        self._network()
        for node in NODES:
            for part in ("", "etcd"):
                place = self.folder / node.name / part
                place.mkdir(exist_ok=True)
                os.chown(place, who.pw_uid, who.pw_gid)
            (self.folder / node.name / "patroni.yml").write_text(json.dumps(self._patroni(node)))
            self.start_node(node)
        (self.folder / "haproxy.cfg").write_text(_HAPROXY)
        self._run("haproxy", ["haproxy", "-db", "-f", str(self.folder / "haproxy.cfg")], user=USER)
        (self.folder / "pgbouncer.ini").write_text(_PGBOUNCER % self.folder)
        (self.folder / "users.txt").write_text(f'"{OWNER}" ""\n"{SERVICE}" ""\n"{USER}" ""\n')
        self.start_bouncer()
        self.until_whole(180)
        admin = f"postgresql://{USER}@127.0.0.1:{PRIMARY_PORT}/postgres"
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(f"CREATE ROLE {OWNER} LOGIN".encode())
            connection.execute(f"CREATE ROLE {SERVICE} LOGIN".encode())
            connection.execute(f"CREATE DATABASE {SCOPE} OWNER {OWNER} TEMPLATE template0".encode())

    def start_node(self, node: Node) -> None:
        """Starts etcd and Patroni of a node, which starts its PostgreSQL."""
        everybody = ",".join(f"{other.name}=http://{other.address}:2380" for other in NODES)
        etcd = [
            *("etcd", "--name", node.name, "--data-dir", str(self.folder / node.name / "etcd" / "data")),
            *(
                "--listen-peer-urls",
                f"http://{node.address}:2380",
                "--listen-client-urls",
                f"http://{node.address}:2379",
            ),
            *("--initial-advertise-peer-urls", f"http://{node.address}:2380"),
            *("--advertise-client-urls", f"http://{node.address}:2379", "--initial-cluster", everybody),
            *("--initial-cluster-state", "new", "--initial-cluster-token", SCOPE, "--log-level", "error"),
            "--enable-v2",
        ]
        self._run(f"{node.name}-etcd", etcd, user=USER, namespace=node.namespace)
        configuration = str(self.folder / node.name / "patroni.yml")
        self._run(f"{node.name}-patroni", ["patroni", configuration], user=USER, namespace=node.namespace)

    def start_bouncer(self) -> None:
        """Starts the bouncer."""
        self._bouncer = self._run("pgbouncer", ["pgbouncer", str(self.folder / "pgbouncer.ini")], user=USER)

    def stop(self) -> None:
        """Ends everything, however it is at the moment."""
        for node in NODES:
            self.signal_node(node, signal.SIGKILL)
        for process in self._processes:
            if process.poll() is None:
                process.kill()
            process.wait()
        for node in NODES:
            _run("ip", "netns", "del", node.namespace, check=False)
        _run("ip", "link", "del", BRIDGE, check=False)

    # -- faults --------------------------------------------------------------------------------------------------------

    def signal_node(self, node: Node, number: signal.Signals) -> None:
        """Sends a signal to every process of a node, as if it happened to the machine."""
        for pid in _run("ip", "netns", "pids", node.namespace, check=False).split():
            with suppress(ProcessLookupError):
                os.kill(int(pid), number)
        for process in self._processes:
            process.poll()

    def cut_off(self, node: Node) -> None:
        """Takes the link of a node down: what it sends is lost, and what is sent to it."""
        _run("ip", "link", "set", node.link, "down")

    def joined(self, node: Node) -> None:
        """Brings it up again."""
        _run("ip", "link", "set", node.link, "up")

    def kill_bouncer(self) -> None:
        """Kills the bouncer."""
        assert self._bouncer is not None
        self._bouncer.kill()
        self._bouncer.wait()

    # -- how it is -----------------------------------------------------------------------------------------------------

    def members(self) -> dict[str, Member]:
        """What the first node that answers says of all of them."""
        for node in NODES:
            with (
                suppress(OSError, ValueError),
                urllib.request.urlopen(f"http://{node.address}:8008/cluster", timeout=1) as answer,
            ):
                members = json.loads(answer.read())["members"]
                return {m["name"]: Member(m["role"], m.get("state", ""), m.get("timeline")) for m in members}
        return {}

    def primary(self) -> Node | None:
        """The node that says of itself that it is the primary; None where none does, or more than one."""
        leaders = [node for node in NODES if _says(node, "primary")]
        return leaders[0] if len(leaders) == 1 else None

    def standby(self, *, synchronous: bool) -> Node | None:
        """A standby: the synchronous one, or another."""
        return next((node for node in NODES if _says(node, "sync" if synchronous else "async")), None)

    def whole(self) -> bool:
        """Whether there are one primary and two standbys that follow it, one of them synchronous."""
        members = self.members()
        roles = sorted(member.role for member in members.values())
        return (
            roles == ["leader", "replica", "sync_standby"]
            and all(member.state in {"running", "streaming"} for member in members.values())
            and len({member.timeline for member in members.values()}) == 1
            and self.primary() is not None
            and self.standby(synchronous=True) is not None
            and self._streaming() == len(NODES) - 1
        )

    def _streaming(self) -> int:
        """How many standbys receive from the primary."""
        try:
            with self.connected(f"postgresql://{USER}@127.0.0.1:{PRIMARY_PORT}/postgres") as connection:
                row = connection.execute(
                    "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'"
                ).fetchone()
        except psycopg.Error:
            return 0
        return int(row[0]) if row else 0

    def until_whole(self, seconds: float) -> float:
        """Waits until it is whole; the seconds that it took. RuntimeError after so many."""
        began = time.monotonic()
        while not self.whole():
            if time.monotonic() - began > seconds:
                raise RuntimeError(f"the cluster is not whole after {seconds} s: {self.members()}")
            time.sleep(0.3)
        return time.monotonic() - began

    # -- within --------------------------------------------------------------------------------------------------------

    def _network(self) -> None:
        _run("ip", "link", "add", BRIDGE, "type", "bridge")
        _run("ip", "addr", "add", f"{HOST}/24", "dev", BRIDGE)
        _run("ip", "link", "set", BRIDGE, "up")
        for node in NODES:
            _run("ip", "netns", "add", node.namespace)
            _run("ip", "link", "add", node.link, "type", "veth", "peer", "name", "eth0", "netns", node.namespace)
            _run("ip", "link", "set", node.link, "master", BRIDGE, "up")
            _run("ip", "-n", node.namespace, "addr", "add", f"{node.address}/24", "dev", "eth0")
            _run("ip", "-n", node.namespace, "link", "set", "eth0", "up")
            _run("ip", "-n", node.namespace, "link", "set", "lo", "up")

    def _run(self, name: str, command: Sequence[str], *, user: str, namespace: str = "") -> subprocess.Popen[bytes]:
        """Starts a program as another user, in a namespace where one is said; what it prints goes to a file."""
        inside = ["ip", "netns", "exec", namespace] if namespace else []
        as_user = ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups"]
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [*inside, *as_user, *command],
                cwd="/",
                env={"PATH": _PATH, "LC_ALL": "C.UTF-8", "HOME": str(self.folder)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._processes.append(process)
        return process

    def _patroni(self, node: Node) -> Mapping[str, object]:
        """The configuration of Patroni on a node (JSON is YAML).

        It speaks version 2 of etcd's interface (`etcd`), where the lock of the primary is prolonged by comparison. By
        version 3 (`etcd3`), Patroni 3.0.2 writes it without: a primary that was stopped, and goes on, may take it back
        from its successor.
        """
        here = self.folder / node.name
        access = [
            "local all all trust",
            f"host all all {NETWORK}.0/24 trust",
            f"host replication all {NETWORK}.0/24 trust",
        ]
        who: dict[str, object] = {"username": USER}
        parameters = {
            "synchronous_commit": "on",
            "wal_log_hints": "on",
            "wal_keep_size": "256MB",
            "max_connections": 100,
            "shared_buffers": "64MB",
            "wal_receiver_timeout": "5s",
            "wal_sender_timeout": "5s",
            "wal_retrieve_retry_interval": "1s",
            "tcp_user_timeout": "5s",
            "unix_socket_directories": str(here),
        }
        return {
            "scope": SCOPE,
            "name": node.name,
            "restapi": {"listen": f"{node.address}:8008", "connect_address": f"{node.address}:8008"},
            self._interface: {"hosts": [f"{other.address}:2379" for other in NODES]},
            "bootstrap": {
                "dcs": {
                    "ttl": TTL,
                    "loop_wait": LOOP_WAIT,
                    "retry_timeout": RETRY_TIMEOUT,
                    "maximum_lag_on_failover": 1_048_576,
                    "synchronous_mode": True,
                    "synchronous_mode_strict": True,
                    "postgresql": {"use_pg_rewind": True, "use_slots": True, "parameters": parameters},
                },
                "initdb": [{"encoding": "UTF8"}, {"locale": "C.UTF-8"}, "data-checksums"],
            },
            "postgresql": {
                "listen": f"{node.address}:5432",
                "connect_address": f"{node.address}:5432",
                "data_dir": str(here / "data"),
                "bin_dir": str(PROGRAMS),
                "pgpass": str(here / "pgpass"),
                "pg_hba": access,
                "parameters": {"unix_socket_directories": str(here)},
                "authentication": {"superuser": who, "replication": who, "rewind": who},
                "remove_data_directory_on_rewind_failure": True,
                "remove_data_directory_on_diverged_timelines": True,
            },
            "watchdog": {"mode": "off"},
        }


def _servers(check: str) -> str:
    return "\n".join(f"    server {n.name}{check} {n.address}:5432 check port 8008" for n in NODES)


_HAPROXY = f"""
global
    maxconn 1000
defaults
    mode tcp
    timeout connect 1s
    timeout check 1s
    timeout client 1h
    timeout server 1h
    retries 1
    default-server inter 1s fastinter 500ms downinter 500ms fall 2 rise 1 on-marked-down shutdown-sessions
listen primario
    bind 127.0.0.1:{PRIMARY_PORT}
    option httpchk OPTIONS /primary
    http-check expect status 200
{_servers("p")}
frontend letture
    bind 127.0.0.1:{STANDBY_PORT}
    use_backend standby if {{ nbsrv(standby) gt 0 }}
    default_backend chiunque
backend standby
    option httpchk OPTIONS /sync
    http-check expect status 200
{_servers("s")}
backend chiunque
    option httpchk OPTIONS /read-only-sync
    http-check expect status 200
{_servers("c")}
"""
"""Sessions to a node that is no longer what it was are ended: who writes there would wait for nothing."""

_PGBOUNCER = f"""
[databases]
{SCOPE} = host=127.0.0.1 port={PRIMARY_PORT} dbname={SCOPE}
{SCOPE}_letture = host=127.0.0.1 port={STANDBY_PORT} dbname={SCOPE}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {BOUNCER_PORT}
unix_socket_dir =
auth_type = trust
auth_file = %s/users.txt
pool_mode = transaction
default_pool_size = 8
max_client_conn = 400
server_connect_timeout = 2
server_login_retry = 1
query_wait_timeout = 5
log_connections = 0
log_disconnections = 0
"""


def missing() -> list[str]:
    """The programs that it needs and this machine lacks."""
    wanted = ("patroni", "etcd", "haproxy", "pgbouncer", "ip", "setpriv")
    lacking = [name for name in wanted if shutil.which(name, path=_PATH) is None]
    return lacking if (PROGRAMS / "postgres").exists() else [*lacking, "postgresql-15"]


def described() -> dict[str, str]:
    """What a run stood on: the machine and the programs, by their packages."""
    listed = _run("dpkg-query", "--show", "--showformat=${Package}\\t${Version}\\n", *PACKAGES.split()).splitlines()
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "cores": str(os.cpu_count()),
        "load before the end": f"{os.getloadavg()[0]:.1f}",
        "kernel": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        **{name: version for name, _, version in (line.partition("\t") for line in listed)},
    }


def _says(node: Node, what: str) -> bool:
    """Whether a node says of itself that it is something."""
    request = urllib.request.Request(f"http://{node.address}:8008/{what}", method="OPTIONS")
    with suppress(OSError, urllib.error.HTTPError), urllib.request.urlopen(request, timeout=1):  # noqa: S310
        return True
    return False


def _run(*command: str, check: bool = True) -> str:
    """Runs a program of the system; what it printed."""
    done = subprocess.run(command, env={"PATH": _PATH}, check=check, capture_output=True, text=True)
    return done.stdout
