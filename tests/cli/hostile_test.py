#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
#
# hostile_test.py: the command on stores, files and lines that someone made in order to mislead it.
import json
import os
import subprocess

import command
from command import QUIPU, SHOP

MIB = 1 << 20


class Hostile(command.CommandTest):
    def make(self, *arguments, **options):
        subprocess.run([SHOP, arguments[0], self.folder, *arguments[1:]], check=True, **options)

    def line(self, **changes):
        """A line of `quipu export` with other values of members."""
        event = json.loads(self.run_command("export", "shop", "--to", "0")[1])
        return json.dumps({**event, **changes}, separators=(",", ":")) + "\n"

    def names_of(self, store):
        return [json.loads(line)["entity"] for line in self.run_command("ls", store, "--json")[1].splitlines()]


def limited(*arguments, cwd):
    """Runs the command with an address space of 1 GB. Returns the exit code, and output and errors together."""
    done = subprocess.run(["sh", "-c", 'ulimit -v 1000000; exec "$0" "$@"', QUIPU, *arguments], cwd=cwd, timeout=60,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.returncode, done.stdout


class Payloads(Hostile):
    """Metadata may have the names of other members; what is shown as the payload is the payload."""

    def test_metadata_is_not_shown_as_the_payload(self):
        self.make("told")
        for sequence in range(6):
            payload = '{"what":"ink"}' if sequence % 2 == 0 else "0x726177"
            with self.subTest(sequence):
                shown = self.run_command("cat", "told", "--from", str(sequence), "--to", str(sequence))[1]
                self.assertTrue(shown.endswith("  %s\n" % payload), shown)
                shown = self.run_command("show", "told", str(sequence))[1]
                self.assertTrue(shown.endswith(" B\n%s\n" % payload), shown)
        self.assertEqual(self.run_command("diff", "told", "shop")[1].count("LIE"), 0)
        self.assertEqual(self.run_command("history", "told", "order:1", program=SHOP)[1].count("LIE"), 0)
        self.assertEqual(self.run_command("report", "told", "-o", "page")[0], 0)
        self.assertNotIn("LIE", (self.folder / "page").read_text())


class Completion(Hostile):
    def offered(self, names, typed):
        """The names of entities that bash offers for what is typed, in a store with such names."""
        self.make("named", input="".join(name + "\n" for name in names), text=True)
        script = self.run_command("completion")[1]
        line = "%s cat named --entity %s" % (QUIPU, typed)
        ask = "COMP_WORDBREAKS=''; COMP_LINE='%s'; COMP_POINT=${#COMP_LINE}; COMP_WORDS=(%s); " % (line, line)
        ask += "COMP_CWORD=4; "
        ask += "_quipu 2>/dev/null; printf '%s\\n' \"${COMPREPLY[@]}\""
        return subprocess.run(["bash", "-c", script + "\n" + ask], text=True, stdout=subprocess.PIPE, cwd=self.folder,
                              env={**os.environ, "LC_ALL": "C.UTF-8"}).stdout.splitlines()

    def test_a_name_that_bash_would_run_is_not_offered(self):
        harmless = ["order:1", "order:käse", "order:a.b_c-d/e@f+g%h"]
        hostile = ["$(touch${IFS}run)", "`touch${IFS}run`", "1;touch${IFS}run", "1|id", "1&id", "1>run", "1<run",
                   "${HOME}", "a'b", 'a"b', "a\\b", "*", "?", "[a]", "{a,b}", "!1", "(a)",
                   "~root", "a\x1bb", "a\tb", "a b"]
        self.assertEqual(self.offered(harmless + ["order:" + each for each in hostile], "order:"), harmless)
        self.assertEqual(self.offered(hostile + ["--key-file", "-e", "#a"], ""), harmless)
        self.assertFalse((self.folder / "run").exists())


class Races(Hostile):
    def test_an_import_that_is_refused_leaves_the_store_of_another(self):
        (self.folder / "one").write_text(self.line())
        for number in range(20):
            name = "made-%d" % number
            every = [subprocess.Popen([QUIPU, "import", "one", name], cwd=self.folder, stdout=subprocess.DEVNULL,
                                      stderr=subprocess.DEVNULL) for _ in range(3)]
            codes = [each.wait(60) for each in every]
            self.assertIn(0, codes)
            self.assertEqual(self.run_command("verify", name)[0], 0)
            self.assertEqual(len(self.run_command("export", name)[1].splitlines()), 1)

    def test_a_line_that_no_store_takes_is_named(self):
        too_much = {"key %d" % number: "v" for number in range(65)}
        for changes in ({"entity": ""}, {"tags": [""]}, {"metadata": too_much}):
            with self.subTest(changes):
                (self.folder / "two").write_text(self.line() + self.line(id="0" * 31 + "1", **changes))
                code, _, errors = self.run_command("import", "two", "named-%s" % list(changes)[0])
                self.assertEqual(code, 2)
                self.assertIn("line 2: ", errors)

    def test_an_import_of_nothing_leaves_nothing(self):
        (self.folder / "bad").write_text("no event\n")
        self.assertEqual(self.run_command("import", "bad", "made/store")[0], 2)
        self.assertFalse((self.folder / "made").exists())


class Sizes(Hostile):
    """The default limit of a store's payloads is 16 MiB; another store may have had a larger one."""

    def test_a_large_event_is_copied(self):
        self.make("huge")
        self.assertEqual(self.run_command("salvage", "huge", "rest"),
                         (0, "copied 3 sound events to rest, with new numbers, ids and hashes\n", ""))
        self.assertEqual(self.run_command("export", "huge", "-o", "events")[0], 0)
        self.assertEqual(self.run_command("import", "events", "copy"),
                         (0, "appended 3 events to copy; 0 were there already\n", ""))
        for copy in ("rest", "copy"):
            sizes = [json.loads(line)["payload_bytes"]
                     for line in self.run_command("stats", copy, "--by", "entity", "--json")[1].splitlines()]
            self.assertEqual(sorted(sizes), [10 + 10, 20 * MIB])

    def test_salvage_steps_over_what_no_store_takes(self):
        self.make("strange")
        code, out, errors = self.run_command("salvage", "strange", "rest")
        self.assertEqual((code, out), (1, "copied 2 sound events to rest, with new numbers, ids and hashes\n"
                                          "left out 1 event that a new store refuses\n"))
        self.assertEqual(errors, "quipu: event 1 is left out: invalid_coordinate: the entity contains a NUL\n")
        self.assertEqual(self.names_of("rest"), ["order:1", "order:2"])
        told = json.loads(self.run_command("salvage", "strange", "again", "--json")[1])
        self.assertEqual(told["data"], {"to": "again", "events": 2, "left_out": 0, "refused": 1})


class Lines(Hostile):
    """Lines to import that other programs wrote."""

    def test_surrogate_pairs_are_one_character(self):
        name = "café💯"
        changed = {"entity": name, "metadata": {name: "hot 💯"}, "tags": ["🎁"]}
        self.assertEqual(self.run_command("import", "-", "plain", input=self.line(**changed))[0], 0)
        written = json.dumps({**json.loads(self.line()), **changed}, separators=(",", ":"), ensure_ascii=False) + "\n"
        self.assertEqual(self.run_command("import", "-", "plain", input=written)[0], 0)
        self.assertEqual(self.names_of("plain"), [name])
        found = json.loads(self.run_command("cat", "plain", "--json")[1])
        self.assertEqual((found["metadata"], found["tags"]), ({name: "hot 💯"}, ["🎁"]))

    def test_a_byte_that_is_no_text_is_kept(self):
        self.assertEqual(self.run_command("import", "-", "bytes", input=self.line(entity="a\udc80\udcff"))[0], 0)
        self.assertEqual(self.run_command("ls", "bytes")[1].splitlines()[1].split(), ["1", "a\\x80\\xff"])
        again = self.run_command("export", "bytes")[1]
        self.assertIn("a\\udc80\\udcff", again)
        self.assertEqual(self.run_command("import", "-", "copy", input=again)[0], 0)
        self.assertEqual(self.run_command("ls", "copy"), self.run_command("ls", "bytes"))

    def test_half_a_character_is_refused(self):
        sound = self.line()
        for text in ("\\ud83d", "\\ud83dx", "\\ud83d\\n", "\\ud83d\\u0041", "\\ud83d\\ud83d", "\\udc00", "\\udc7f",
                     "\\udd00", "\\udfff", "\\u12", "\\u12g4", "\\u-123", "\\q"):
            for member in ('"entity":"%s"', '"scope":"%s"', '"metadata":{"a":"%s"}', '"metadata":{"%s":"a"}',
                           '"tags":["%s"]'):
                with self.subTest((text, member)):
                    extended = sound[:-2] + "," + member % ("a" + text) + "}\n"
                    if "entity" in member or "scope" in member:
                        name = member.split(":")[0].strip('"')
                        extended = sound.replace('"%s":"%s"' % (name, json.loads(sound)[name]), member % ("a" + text))
                    code, _, errors = self.run_command("import", "-", "new", input=sound + extended)
                    self.assertEqual(code, 2, errors)
                    self.assertIn("quipu: line 2: ", errors)

    def test_a_kind_of_the_library_is_refused(self):
        for kind in ("0x0000", "0x0001", "0x0002", "0x0008", "0x0FFF", "0xD000", "0xD001", "0xD006", "0xDFFF"):
            with self.subTest(kind):
                self.assertEqual(self.run_command("import", "-", "new", input=self.line(kind=kind)),
                                 (2, "", "quipu: line 1: the kind %s is reserved for the library\n" % kind))
                self.assertFalse((self.folder / "new").exists())

    def test_what_the_library_itself_appends_is_imported(self):
        self.make("denied")
        text = self.run_command("export", "denied")[1]
        self.assertEqual([json.loads(line)["kind"] for line in text.splitlines()], ["0x5001", "0xD007", "0x0009"])
        self.assertEqual(self.run_command("import", "-", "copy", input=text),
                         (0, "appended 2 events to copy; 0 were there already\nleft out 1 erased event\n", ""))
        self.assertEqual(self.run_command("cat", "copy"), self.run_command("cat", "denied", "--to", "1"))


class Targets(Hostile):
    """Another user may write into the folder of the target."""

    def test_a_planted_link_is_not_followed(self):
        victim = self.folder / "victim"
        victim.write_text("precious")
        (self.folder / "out").mkdir()
        # The number of the process that the shell becomes is known before the command begins.
        plant = 'ln -s ../victim "out/page.$$.tmp"; exec "$0" %s shop -o out/page'
        for name in ("export", "report"):
            subprocess.run(["sh", "-c", plant % name, QUIPU], cwd=self.folder, check=True, stdout=subprocess.DEVNULL)
            self.assertEqual(victim.read_text(), "precious")
            self.assertFalse((self.folder / "out" / "page").is_symlink())

    def test_the_temporary_file_is_new_and_goes(self):
        (self.folder / "out").mkdir()
        done = subprocess.run(["sh", "-c", 'ulimit -f 0; exec "$0" export shop -o out/page 2>&1', QUIPU],
                              cwd=self.folder, stdout=subprocess.PIPE, text=True)
        self.assertEqual((done.returncode, done.stdout), (2, "quipu: writing out/page failed\n"))
        self.assertEqual(list((self.folder / "out").iterdir()), [])
        os.umask(mask := os.umask(0))
        self.assertEqual(self.run_command("export", "shop", "-o", "out/page")[0], 0)
        self.assertEqual((self.folder / "out" / "page").stat().st_mode & 0o777, 0o666 & ~mask)


class Terminal(Hostile):
    """Nothing that is stored or given steers the terminal."""

    def assert_harmless(self, text):
        for letter in text:
            code = ord(letter)
            self.assertFalse((code < 0x20 and letter != "\n") or 0x7F <= code < 0xA0 or 0x202A <= code <= 0x202E
                             or 0x2066 <= code <= 0x2069, repr(text))

    def test_complaints(self):
        evil = "a\x1b[31m\u009b31m\u202eb\r\nquipu: c"
        entry = sorted((self.folder / "cache").rglob("*.bin"))[0]
        entry.rename(entry.with_name(evil + ".bin"))
        (entry.parent / (evil + ".bin")).write_bytes(b"damaged")
        alone = [[evil], ["info", evil], ["cache", "ls", evil], ["import", evil, "new"], ["parked", "worked", evil],
                 ["snapshot", "shop", "shop/" + evil], ["export", "shop", "-o", evil + "/a"], ["examples", evil],
                 ["info", "shop", "--name", evil], ["info", "shop", "--key-file", evil], ["cat", "shop", "--" + evil],
                 ["info", "shop", "--color", evil]]
        of_shop = [["cat", "--kind"], ["cat", "--since"], ["cat", "--last"], ["cat", "--entity"], ["cat"], ["show"],
                   ["ls"]]
        of_shop = [[name, "shop", *option, evil] for name, *option in of_shop]
        for arguments in [["cache", "verify", "cache"], ["cache", "ls", "cache"], *alone, *of_shop]:
            with self.subTest(arguments):
                _, out, errors = self.run_command(*arguments)
                self.assertIn("a\\x1b[31m", errors)
                self.assertNotIn("\nquipu: c", errors)
                self.assert_harmless(out)
                self.assert_harmless(errors)

    def test_stored_text(self):
        evil = "a\u009b31m\u202eb\u2066c\u2069\u007f"
        line = self.line(entity=evil, metadata={evil: evil})
        self.assertEqual(self.run_command("import", "-", "evil", input=line)[0], 0)
        for arguments in (["ls"], ["cat"], ["show", "0"], ["stats", "--by", "entity"], ["graph", "0"]):
            _, out, _ = self.run_command(arguments[0], "evil", *arguments[1:])
            self.assertIn("a\\xc2\\x9b31m\\xe2\\x80\\xaeb\\xe2\\x81\\xa6c\\xe2\\x81\\xa9\\x7f", out)
            self.assert_harmless(out)


class Depth(Hostile):
    def test_a_long_chain_of_causes_is_a_short_text(self):
        self.make("chain", "3000")
        code, out, errors = self.run_command("graph", "chain", "2999")
        self.assertEqual((code, errors), (0, ""))
        lines = out.splitlines()
        self.assertEqual(len(lines), 3000)
        self.assertLess(max(map(len, lines)), 200)
        self.assertTrue(lines[32].lstrip().startswith("└─ #32 "), lines[32])
        for depth in (33, 34, 2999):
            self.assertTrue(lines[depth].lstrip().startswith("(%d) #%d 0x5003 order:1 " % (depth, depth)), lines[depth])


class Times(Hostile):
    def test_a_year_of_more_digits(self):
        text = "".join(self.line(id="00000000-0000-7000-8000-%012d" % number, timestamp_us=0, given_us=given)
                       for number, given in enumerate((2**63 - 1, -2**63, 0, -1), 1))
        self.assertEqual(self.run_command("import", "-", "far", input=text)[0], 0)
        for sequence, wanted in enumerate(("294247-01-10 04:00:54.775807", "-290308-12-21 19:59:05.224192",
                                           "1970-01-01 00:00:00.000000", "1969-12-31 23:59:59.999999")):
            self.assertIn("given time    %s UTC\n" % wanted, self.run_command("show", "far", str(sequence))[1])

    def test_days_are_in_their_order(self):
        times = (0, 253402214400000000, 253402300800000000)
        text = "".join(self.line(id="00000000-0000-7000-8000-%012d" % number, timestamp_us=time)
                       for number, time in enumerate(times, 1))
        self.assertEqual(self.run_command("import", "-", "far", input=text)[0], 0)
        days = [line.split()[0] for line in self.run_command("stats", "far", "--by", "day")[1].splitlines()[1:]]
        self.assertEqual(days, ["1970-01-01", "9999-12-31", "10000-01-01"])


class Keys(Hostile):
    def test_a_key_file_is_small_and_a_file(self):
        os.mkfifo(self.folder / "pipe")
        (self.folder / "large").write_bytes(b"5" * 5000)
        for name, wrong in (("/dev/zero", ": /dev/zero is not a regular file"),
                            ("pipe", ": pipe is not a regular file"),
                            ("large", " large: a key is 32 bytes, or 64 hexadecimal digits")):
            self.assertEqual(limited("verify", "keyed", "--key-file", name, cwd=self.folder),
                             (2, "quipu: --key-file%s\n" % wrong))


class Memory(Hostile):
    def test_looking_needs_little_address_space(self):
        for name in ("info", "cat", "verify"):
            code, out = limited(name, "shop", cwd=self.folder)
            self.assertEqual(code, 0, out)


command.main()
