#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
#
# cluster_campaign_test.py: the campaign of tests/replication/engines sees an append that was lost, doubled or moved, and
# replicas that differ.
import contextlib
import io
import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "replication" / "engines"))
import cluster_campaign  # noqa: E402


def members():
    """Three that agree: each appended one entry, and all have the three."""
    made = []
    for index, name in enumerate(cluster_campaign.MEMBERS):
        member = cluster_campaign.Member(name, [], None)
        member.acknowledged = {name + ":1": index}
        member.held = [(place, other + ":1") for place, other in enumerate(cluster_campaign.MEMBERS)]
        member.head = ["3", "abc"]
        made.append(member)
    return made


class Verify(unittest.TestCase):
    def verdict(self, made):
        with contextlib.redirect_stdout(io.StringIO()) as said:
            problems = cluster_campaign.verify(made)
        return problems, said.getvalue()

    def test_all_is_well(self):
        problems, said = self.verdict(members())
        self.assertEqual(problems, [])
        self.assertIn("0 lost, 0 doubled, 0 under another number; heads equal", said)

    def test_a_lost_append(self):
        made = members()
        for member in made:
            member.held = member.held[:-1]
        problems, said = self.verdict(made)
        self.assertIn("1 lost", said)
        self.assertIn("c:1", problems[-1])

    def test_a_doubled_append(self):
        made = members()
        for member in made:
            member.held = member.held + [(3, "a:1")]
        problems, said = self.verdict(made)
        self.assertIn("1 doubled", said)
        self.assertNotEqual(problems, [])

    def test_a_moved_append(self):
        made = members()
        made[0].acknowledged = {"a:1": 5}
        problems, said = self.verdict(made)
        self.assertIn("1 under another number", said)
        self.assertNotEqual(problems, [])

    def test_replicas_that_differ(self):
        made = members()
        made[1].held = made[1].held[::-1]
        made[2].head = ["3", "def"]
        problems, said = self.verdict(made)
        self.assertIn("a and b have different logs", problems)
        self.assertIn("a and c have different heads", problems)
        self.assertIn("DIFFERENT", said)

    def test_a_failure_that_was_said(self):
        made = members()
        cluster_campaign.check(made)
        made[0].problems.append("failed quipu: io_failed: no disk")
        self.assertEqual(self.verdict(made)[0], ["a: failed quipu: io_failed: no disk"])
        with self.assertRaises(cluster_campaign.engine_servers.ServerFailed) as caught:
            cluster_campaign.check(made)
        self.assertNotIsInstance(caught.exception, cluster_campaign.Diverged)
        made[1].problems.append("failed quipu: diverged: two heads")
        self.assertRaises(cluster_campaign.Diverged, cluster_campaign.check, made)


if __name__ == "__main__":
    unittest.main()
