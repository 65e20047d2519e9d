#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
#
# engine_servers_test.py: tools/engine_servers.py gives a command its server, passes its exit code on, and leaves nothing
# behind, whatever ends it.
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SERVERS = str(ROOT / "tools" / "engine_servers.py")
sys.path.insert(0, str(ROOT / "tools"))
import engine_servers  # noqa: E402


def are_installed():
    try:
        engine_servers.find_program("nats-server", "/usr/sbin", "/usr/local/bin")
        engine_servers.PostgresServer.program("initdb")
    except engine_servers.NotInstalled:
        return False
    return True


@unittest.skipUnless(are_installed(), "the servers are not installed")
class Servers(unittest.TestCase):
    def setUp(self):
        # PostgreSQL's user must get there.
        self.folder = tempfile.TemporaryDirectory(prefix="quipu_servers.", dir="/tmp")
        os.chmod(self.folder.name, 0o755)
        self.addCleanup(self.folder.cleanup)

    def left(self):
        return os.listdir(self.folder.name)

    def started(self, *arguments):
        return subprocess.Popen([sys.executable, SERVERS, *arguments], env={**os.environ, "TMPDIR": self.folder.name},
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def test_the_command_gets_an_address_and_decides_the_exit_code(self):
        for engine, variable, scheme in (("jetstream", "QUIPU_JETSTREAM_URL", "nats://127.0.0.1:"),
                                         ("postgres", "QUIPU_POSTGRES_URL", "postgresql://quipu@127.0.0.1:")):
            done = self.started(engine, "sh", "-c", "echo $%s; exit 7" % variable)
            said, _ = done.communicate(timeout=100)
            self.assertIn(scheme, said)
            self.assertEqual(done.returncode, 7, said)
            self.assertEqual(self.left(), [])

    def test_servers_end_with_it(self):
        for how, leaves_nothing in ((signal.SIGTERM, True), (signal.SIGKILL, False)):
            running = self.started("jetstream", "sh", "-c", "echo ready; exec sleep 100")
            self.assertEqual(running.stdout.readline(), "ready\n")
            server, command = sorted(engine_servers.children_of(running.pid))
            running.send_signal(how)
            running.wait(30)
            running.stdout.close()
            engine_servers.until(lambda: not engine_servers.is_alive(server), 10, "the server's end")
            self.assertEqual(self.left() == [], leaves_nothing)
            if how == signal.SIGKILL:
                os.kill(command, signal.SIGKILL)

    def test_a_missing_server_is_named(self):
        with self.assertRaisesRegex(engine_servers.ServerFailed, "no-such-server is not installed"):
            engine_servers.find_program("no-such-server")

    def test_usage(self):
        done = self.started("oracle", "true")
        said, _ = done.communicate(timeout=30)
        self.assertIn("usage: engine_servers.py", said)
        self.assertEqual(done.returncode, 1)


if __name__ == "__main__":
    unittest.main()
