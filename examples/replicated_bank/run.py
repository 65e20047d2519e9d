#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
#
# run.py: three branches of the bank on one machine, each with a replica: starts a nats-server, lets all three transfer
# money, kills one, brings it back, and compares what they have. `tools/run replicated` builds and runs it.
#
#   run.py PROGRAM
import pathlib
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
import engine_servers  # noqa: E402

BRANCHES = ("zurich", "bern", "basel")
TRANSFERS = 200


class Branch:
    def __init__(self, program, address, folder, name):
        self.name = name
        self.command = [program, address, str(folder / name), name, str(TRANSFERS)]
        (folder / name).mkdir()
        self.process = None

    def start(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.expect("is open")

    def expect(self, words):
        line = self.process.stdout.readline().strip()
        print(line or "%s said nothing" % self.name, flush=True)
        if words not in line:
            sys.exit("%s didn't come to say that it %s" % (self.name, words))
        return line

    def kill(self):
        self.process.kill()
        self.process.communicate()

    def finish(self):
        """Returns what the branch has: events, money, head."""
        self.process.stdin.close()
        line = self.expect("head")
        self.process.wait()
        return line.partition(": ")[2]


def run(program):
    with engine_servers.running(engine_servers.NatsServer) as engine, engine_servers.temporary_folder() as folder:
        print("the server is at %s" % engine.url)
        branches = [Branch(program, engine.url, folder, name) for name in BRANCHES]
        try:
            for branch in branches:
                branch.start()
            time.sleep(0.2)
            victim = branches[-1]
            victim.kill()
            print("%s was killed" % victim.name, flush=True)
            time.sleep(0.2)
            victim.start()
            for branch in branches:
                branch.expect("is done")
            held = [branch.finish() for branch in branches]
        finally:
            for branch in branches:
                if branch.process is not None and branch.process.poll() is None:
                    branch.kill()
    if len(set(held)) != 1 or "50000 cents" not in held[0]:
        sys.exit("the branches differ, or money was lost")
    print("all three have the same, and no money was lost")


if __name__ == "__main__":
    try:
        run(sys.argv[1])
    except engine_servers.ServerFailed as failure:
        engine_servers.give_up(failure)
