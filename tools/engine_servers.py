#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
#
# engine_servers.py: starts the servers of a shared log on the loopback interface, with a temporary folder, for as long
# as a command runs. For tests, campaigns and trying things out.
#
#   tools/engine_servers.py jetstream COMMAND...     one nats-server; the command finds its address in QUIPU_JETSTREAM_URL
#   tools/engine_servers.py jetstream-tls COMMAND... the same with TLS; its certificate is in the file QUIPU_JETSTREAM_CA
#   tools/engine_servers.py postgres COMMAND...      one PostgreSQL; the command finds its address in QUIPU_POSTGRES_URL
#
# The exit code is the command's. Servers and folder are removed when it ends, or when this program is interrupted or
# terminated; if it is killed, the servers end with it, and the folder stays. Exits with 77 if the server isn't installed:
# `tools/setup servers` does that.
import contextlib
import glob
import json
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

HOST = "127.0.0.1"
START_S = 120  # for a server to be ready
# PostgreSQL refuses to run as root. Its package brings a user.
POSTGRES_USER = "postgres"


class ServerFailed(Exception):
    """A server did not start; the text has the end of its log."""


class NotInstalled(ServerFailed):
    pass


NOT_INSTALLED = 77  # the exit code that tells ctest that a test was skipped


def free_port():
    with contextlib.closing(socket.socket()) as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def until(is_true, seconds, what):
    """Waits until `is_true()`."""
    end = time.monotonic() + seconds
    while not is_true():
        if time.monotonic() > end:
            raise ServerFailed("%s: not within %d s" % (what, seconds))
        time.sleep(0.02)


def status_of(process):
    """The state of a process (Z: it has ended) and the number of its parent; None if there is no such process."""
    try:
        fields = pathlib.Path("/proc/%d/stat" % process).read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return fields[0], int(fields[1])


def is_alive(process):
    status = status_of(process)
    return status is not None and status[0] != "Z"


def children_of(process):
    everyone = [int(path.name) for path in pathlib.Path("/proc").iterdir() if path.name.isdigit()]
    return [each for each in everyone if (status_of(each) or (None, None))[1] == process]


class Server:
    """A process with a folder and a log. Can be killed and started again with the same folder and port."""

    name = "server"

    def __init__(self, folder):
        self.folder = folder
        self.log = folder / "log.txt"
        self.identity = []  # options of setpriv: the user that the server runs as
        self.process = None

    def command(self):
        raise NotImplementedError

    def is_ready(self):
        raise NotImplementedError

    def launch(self):
        """Starts the process, and does not wait for it."""
        # The servers go when this process is gone.
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", *self.identity, *self.command()],
                                            cwd=self.folder,
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)

    def start(self):
        self.launch()
        end = time.monotonic() + START_S
        while not self.is_ready():
            if self.process.poll() is not None or time.monotonic() > end:
                self.kill()
                raise ServerFailed("%s did not start:\n%s" % (self.name, self.log.read_text(errors="replace")[-3000:]))
            time.sleep(0.02)

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def kill(self):
        """As `kill -9` of the server and of all its processes."""
        if self.is_running():
            children = children_of(self.process.pid)
            self.process.kill()
            for child in children:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
            self.process.wait()
            until(lambda: not any(map(is_alive, children)), 10, "the end of the processes of %s" % self.name)

    def stop(self):
        self.kill()


class NatsServer(Server):
    """A nats-server with JetStream. `routes` are the addresses of its cluster's servers, `settings` are further lines
    of its configuration of JetStream. Who gives no name is `anybody`; `guarded` has the password `right`."""

    scheme = "nats"
    host = HOST

    def __init__(self, folder, name="n1", cluster_port=None, routes=(), settings=()):
        super().__init__(folder)
        self.name = name
        self.port = free_port()
        self.monitor_port = free_port()
        self.cluster_port = cluster_port
        self.routes = list(routes)
        self.settings = list(settings)

    @property
    def url(self):
        return "%s://%s:%d" % (self.scheme, self.host, self.port)

    def more_lines(self):
        """Of the configuration."""
        return []

    def command(self):
        lines = ["server_name: %s" % self.name, "listen: %s:%d" % (HOST, self.port),
                 "http: %s:%d" % (HOST, self.monitor_port),
                 "jetstream {", '  store_dir: "%s"' % (self.folder / "store"), *self.settings, "}",
                 "authorization { users: [{user: anybody, password: any}, {user: guarded, password: right}] }",
                 "no_auth_user: anybody", *self.more_lines()]
        if self.routes:
            lines += ["cluster {", "  name: quipu", "  listen: %s:%d" % (HOST, self.cluster_port),
                      "  routes: [%s]" % ", ".join(self.routes), "}"]
        config = self.folder / "nats.conf"
        config.write_text("\n".join(lines) + "\n")
        return [find_program("nats-server", "/usr/sbin", "/usr/local/bin"), "-c", str(config)]

    def ask(self, page):
        """A page of the server's monitoring as JSON; empty if it does not answer."""
        try:
            with urllib.request.urlopen("http://%s:%d/%s" % (HOST, self.monitor_port, page), timeout=2) as answer:
                return json.load(answer)
        except (OSError, ValueError, urllib.error.URLError):
            return {}

    def is_ready(self):
        return self.ask("healthz").get("status") == "ok"


class NatsTlsServer(NatsServer):
    """One whose connections are encrypted, with a certificate that it has made for itself."""

    scheme = "tls"
    host = "localhost"

    def __init__(self, folder):
        super().__init__(folder)
        self.certificate = folder / "certificate.pem"
        self.key = folder / "key.pem"
        subprocess.run([find_program("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                        "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
                        "-keyout", str(self.key), "-out", str(self.certificate)], check=True, capture_output=True)
        os.environ["QUIPU_JETSTREAM_CA"] = str(self.certificate)

    def more_lines(self):
        return ['tls { cert_file: "%s", key_file: "%s" }' % (self.certificate, self.key)]


class NatsCluster:
    """Several nats-servers that are one cluster."""

    def __init__(self, folder, size=3, settings=()):
        ports = [free_port() for _ in range(size)]
        routes = ["nats://%s:%d" % (HOST, port) for port in ports]
        self.servers = []
        for index, port in enumerate(ports):
            own = folder / ("n%d" % (index + 1))
            own.mkdir()
            self.servers.append(NatsServer(own, "n%d" % (index + 1), port, routes, settings))

    @property
    def url(self):
        return ",".join(server.url for server in self.servers)

    def start(self):
        # None of them is ready before most of them run.
        for server in self.servers:
            server.launch()
        until(lambda: all(server.is_ready() for server in self.servers), START_S, "a cluster of nats-servers")

    def stop(self):
        for server in self.servers:
            server.stop()

    def states(self, stream):
        """What each running server says of a stream, by the server's name."""
        said = {}
        for server in self.servers:
            for account in server.ask("jsz?streams=1").get("account_details", []) if server.is_running() else []:
                for each in account.get("stream_detail") or []:
                    if each.get("name") == stream:
                        said[server.name] = each
        return said

    def leader(self, stream):
        """The server that leads a stream; None if none does, or not all of its replicas are up to date."""
        states = self.states(stream)
        for server in self.servers:
            cluster = states.get(server.name, {}).get("cluster", {})
            replicas = cluster.get("replicas") or []
            if cluster.get("leader") == server.name and len(replicas) == len(self.servers) - 1 and all(
                    replica.get("current") and not replica.get("offline") for replica in replicas):
                return server
        return None


class PostgresServer(Server):
    """A PostgreSQL with a cluster of its own. What it says it has flushed, it has: fsync stays on. A role `guarded`, if
    one is made, needs its password."""

    name = "postgres"

    def __init__(self, folder):
        super().__init__(folder)
        self.port = free_port()
        self.data = folder / "data"
        initdb = self.program("initdb")
        if os.geteuid() == 0:
            user = pwd.getpwnam(POSTGRES_USER)
            self.identity = ["--reuid", str(user.pw_uid), "--regid", str(user.pw_gid), "--clear-groups"]
            os.chown(folder, user.pw_uid, user.pw_gid)
        made = subprocess.run(["setpriv", *self.identity, initdb, "--pgdata", str(self.data), "--auth", "trust",
                               "--username", "quipu", "--encoding", "UTF8", "--locale", "C", "--no-sync"], cwd=folder,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if made.returncode != 0:
            raise ServerFailed("initdb failed:\n" + made.stdout.decode(errors="replace"))
        # The first line that fits counts.
        access = self.data / "pg_hba.conf"
        access.write_text("host all guarded all scram-sha-256\n" + access.read_text())

    @property
    def url(self):
        return "postgresql://quipu@%s:%d/postgres" % (HOST, self.port)

    @staticmethod
    def program(name):
        newest = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[-2]))
        return find_program(name, *reversed(newest))

    def command(self):
        settings = {"listen_addresses": HOST, "port": self.port, "unix_socket_directories": ""}
        return [self.program("postgres"), "-D", str(self.data),
                *(word for name, value in settings.items() for word in ("-c", "%s=%s" % (name, value)))]

    def is_ready(self):
        return subprocess.run([self.program("pg_isready"), "-q", "-h", HOST, "-p", str(self.port)],
                              stdin=subprocess.DEVNULL).returncode == 0

    def stop(self):
        if self.is_running():
            self.process.send_signal(signal.SIGINT)  # "fast": ends the sessions
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(30)
        self.kill()


def find_program(name, *folders):
    found = shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", os.defpath), *folders]))
    if found is None:
        raise NotInstalled("%s is not installed; `tools/setup servers` does that" % name)
    return found


def is_open_to_all(folder):
    return all(each.stat().st_mode & 0o001 for each in (folder, *folder.parents))


@contextlib.contextmanager
def temporary_folder():
    """A folder that is removed at the end, also if this process is terminated."""
    base = pathlib.Path(tempfile.gettempdir()).resolve()
    # PostgreSQL's user must get to its folder.
    if os.geteuid() == 0 and not is_open_to_all(base):
        base = pathlib.Path("/tmp")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="quipu_engine.", dir=base))
    folder.chmod(0o755)

    def terminated(*_):
        raise SystemExit(1)

    previous = signal.signal(signal.SIGTERM, terminated)
    try:
        yield folder
    finally:
        signal.signal(signal.SIGTERM, previous)
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def running(make):
    """Starts `make(folder)` and stops it at the end. Again with other ports, if somebody took one in between."""
    with temporary_folder() as folder:
        for attempt in range(3):
            own = folder / str(attempt)
            own.mkdir()
            engine = make(own)
            try:
                try:
                    engine.start()
                except ServerFailed as failure:
                    if attempt == 2 or isinstance(failure, NotInstalled):
                        raise
                    continue
                yield engine
                return
            finally:
                engine.stop()


def give_up(failure):
    print("%s: %s" % (pathlib.Path(sys.argv[0]).name, failure), file=sys.stderr)
    sys.exit(NOT_INSTALLED if isinstance(failure, NotInstalled) else 1)


ENGINES = {"jetstream": (NatsServer, "QUIPU_JETSTREAM_URL"), "jetstream-tls": (NatsTlsServer, "QUIPU_JETSTREAM_URL"),
           "postgres": (PostgresServer, "QUIPU_POSTGRES_URL")}


def main(arguments):
    if len(arguments) < 2 or arguments[0] not in ENGINES:
        sys.exit("usage: engine_servers.py %s COMMAND..." % "|".join(ENGINES))
    make, variable = ENGINES[arguments[0]]
    try:
        with running(make) as engine:
            command = subprocess.Popen(arguments[1:], env={**os.environ, variable: engine.url})
            try:
                return command.wait()
            finally:
                if command.poll() is None:
                    command.kill()
                    command.wait()
    except ServerFailed as failure:
        give_up(failure)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
