#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
#
# cluster_campaign.py: kills servers and programs with SIGKILL while three programs append to one log, and compares what
# was acknowledged with what is there.
#
#   cluster_campaign.py jetstream PROGRAM [--kills N] [--seed N]    three nats-servers, a stream with three replicas:
#                                                                   its leader is killed N times, and programs N times
#   cluster_campaign.py postgres PROGRAM [--kills N] [--seed N]     one PostgreSQL, killed N times, and programs N times
#
# Of nats-servers, the files are compared at the end, with each other and with what the programs were told: servers can
# have different records without anybody having seen both. A campaign that ends with errc::diverged has failed, but for
# one with --engine-may-lose whose servers' files prove that they are at fault.
#
# PROGRAM is build/.../tests/replication/engines/campaign_member. Each copy appends numbered entries, one after the
# other, and writes a line to its standard output when one was acknowledged; a copy that was killed is started again and
# repeats the entry that it was at, with the same id. The lines are the oracle: they are kept here, outside of all that is
# killed. At the end each copy writes what it has. Required: every acknowledged entry is there, at the number that was
# acknowledged, none is there twice, and all copies have the same.
import argparse
import functools
import pathlib
import random
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "tools"))
import engine_servers  # noqa: E402
import jetstream_evidence  # noqa: E402

LOG = "campaign"
PATIENCE_S = 180  # for anything to happen
MEMBERS = ("a", "b", "c")


class Diverged(engine_servers.ServerFailed):
    """A replica and the engine contradict each other."""

    def __init__(self, text, is_engines_fault=False):
        super().__init__(text)
        self.is_engines_fault = is_engines_fault


class Member:
    """One of the programs, with all that its copies have said."""

    def __init__(self, name, arguments, folder):
        self.name = name
        self.arguments = arguments
        self.folder = folder
        self.acknowledged = {}  # entry -> its number in the log
        self.held = []          # what the log has: (number, entry), at the end
        self.head = None
        self.has_stopped = False
        self.problems = []
        self.process = None
        self.reader = None

    def start(self):
        # The one after the last that was acknowledged: the copy before may have appended it without saying so.
        first = len(self.acknowledged) + 1
        self.process = subprocess.Popen([*self.arguments, str(self.folder), self.name, str(first)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.reader = threading.Thread(target=self.read, args=(self.process,))
        self.reader.start()

    def read(self, process):
        for line in process.stdout:
            if not line.endswith("\n"):
                return  # cut off by a kill
            what, *words = line.split()
            if what == "ack":
                entry, number = words
                if entry in self.acknowledged:
                    self.problems.append("%s was acknowledged twice" % entry)
                self.acknowledged[entry] = int(number)
            elif what == "has":
                self.held.append((int(words[1]), words[0]))
            elif what == "head":
                self.head = words
            elif what == "stopped":
                self.has_stopped = True
            else:
                self.problems.append(line.strip())

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.reader.join()

    def stop(self):
        """Lets it append no more."""
        self.process.stdin.write("stop\n")
        self.process.stdin.flush()

    def finish(self):
        """Lets it bring itself up to date and write what it has, and waits for its end."""
        self.process.stdin.close()
        if self.process.wait(120) != 0:
            self.problems.append("exit code %d" % self.process.returncode)
        self.reader.join()


def progress(members):
    return [len(member.acknowledged) for member in members]


def problems_of(members):
    return ["%s: %s" % (member.name, problem) for member in members for problem in member.problems]


def check(members):
    """Ends the campaign if a program has failed."""
    said = problems_of(members)
    if any("failed quipu: diverged:" in problem for problem in said):
        raise Diverged("\n".join(said))
    if said:
        raise engine_servers.ServerFailed("\n".join(said))


def wait_for_progress(members):
    """Waits until each member has had something acknowledged since the call."""
    before = progress(members)

    def all_went_on():
        check(members)
        return all(now > then for now, then in zip(progress(members), before))

    engine_servers.until(all_went_on, PATIENCE_S, "an acknowledged append of each member (%s)" % before)


def server_to_kill(engine):
    if isinstance(engine, engine_servers.NatsCluster):
        # One failure at a time: a server that was started again has what the others have.
        found = []
        engine_servers.until(lambda: found.append(engine.leader(LOG)) or found[-1], PATIENCE_S,
                             "a stream whose replicas are current")
        return found[-1]
    return engine


def evidence(engine, members):
    """Stops all, and compares what the servers have with what the programs were told."""
    if not isinstance(engine, engine_servers.NatsCluster):
        return [], False
    for member in members:
        member.kill()
    engine.stop()
    return jetstream_evidence.evidence(engine.servers, [pathlib.Path("%s.records" % each.folder) for each in members],
                                       LOG)


def verify(members):
    problems = problems_of(members)
    held = members[0].held
    for member in members[1:]:
        if member.held != held:
            problems.append("%s and %s have different logs" % (members[0].name, member.name))
        if member.head != members[0].head:
            problems.append("%s and %s have different heads" % (members[0].name, member.name))
    numbers = {}
    doubled = 0
    for number, entry in held:
        doubled += entry in numbers
        numbers[entry] = number
    acknowledged = {entry: number for member in members for entry, number in member.acknowledged.items()}
    lost = [entry for entry in acknowledged if entry not in numbers]
    moved = [entry for entry, number in acknowledged.items() if entry in numbers and numbers[entry] != number]
    if lost or doubled or moved:
        problems.append("lost: %s, moved: %s" % (lost[:10], moved[:10]))
    print("%d acknowledged, %d in the log: %d lost, %d doubled, %d under another number; heads %s" %
          (len(acknowledged), len(held), len(lost), doubled, len(moved),
           "equal" if len({str(member.head) for member in members}) == 1 else "DIFFERENT"))
    return problems


def campaign(engine, folder, options):
    chance = random.Random(options.seed)
    members = []
    for name in MEMBERS:
        own = folder / name
        own.mkdir()
        replicas = "3" if options.engine == "jetstream" else "1"
        members.append(Member(name, [options.program, options.engine, engine.url, LOG, replicas], own))
    began = time.monotonic()
    pauses = []
    try:
        for member in members:
            member.start()
        wait_for_progress(members)
        # Servers and programs in turn, at random moments.
        for _ in range(options.kills):
            time.sleep(chance.uniform(0, 0.3))
            server = server_to_kill(engine)
            server.kill()
            killed = time.monotonic()
            # The other servers of a cluster go on, if it is given the time.
            if isinstance(engine, engine_servers.NatsCluster) and chance.random() < 0.5:
                wait_for_progress(members)
            time.sleep(chance.uniform(0, 0.5))
            server.start()
            wait_for_progress(members)
            pauses.append(time.monotonic() - killed)
            time.sleep(chance.uniform(0, 0.3))
            member = chance.choice(members)
            member.kill()
            time.sleep(chance.uniform(0, 0.2))
            member.start()
            wait_for_progress(members)
        for member in members:
            member.stop()
        engine_servers.until(lambda: check(members) or all(member.has_stopped for member in members), PATIENCE_S,
                             "the end of the appends")
        for member in members:
            member.finish()
        check(members)
    except Diverged as noticed:
        lines, is_engines_fault = evidence(engine, members)
        raise Diverged("\n".join([str(noticed), *lines]), is_engines_fault) from None
    finally:
        for member in members:
            if member.process is not None and member.process.poll() is None:
                member.kill()
        print("%s, seed %d: servers killed %d times, programs %d times, in %d s" %
              (options.engine, options.seed, len(pauses), len(pauses), time.monotonic() - began))
        print("from the kill of a server until all went on: at most %.1f s" % max(pauses, default=0))
    problems = verify(members)
    print("\n".join(evidence(engine, members)[0]))
    return problems


def main():
    parser = argparse.ArgumentParser(description="Kills servers and programs, and looks for lost and doubled appends.")
    parser.add_argument("engine", choices=("jetstream", "postgres"))
    parser.add_argument("program")
    parser.add_argument("--kills", type=int, default=50, help="how often (default: 50)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine-may-lose", action="store_true",
                        help="succeed where the servers provably lose a record and a replica notices it")
    parser.add_argument("--sync-always", action="store_true",
                        help="the nats-servers flush before they acknowledge; not before version 2.10")
    options = parser.parse_args()
    make = engine_servers.PostgresServer
    if options.engine == "jetstream":
        settings = ["sync_interval: always"] if options.sync_always else []
        make = functools.partial(engine_servers.NatsCluster, settings=settings)
    try:
        with engine_servers.running(make) as engine, engine_servers.temporary_folder() as folder:
            problems = campaign(engine, folder, options)
    except Diverged as noticed:
        print(noticed)
        print("the servers have lost a record" if noticed.is_engines_fault else "the servers are not proven to be at fault")
        problems = [] if options.engine_may_lose and noticed.is_engines_fault else ["diverged"]
    except engine_servers.ServerFailed as failure:
        engine_servers.give_up(failure)
    for problem in problems:
        print(problem)
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
