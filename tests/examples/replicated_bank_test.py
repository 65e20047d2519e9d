#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
#
# replicated_bank_test.py: the bank on three replicas comes to the same on all of them, with one killed on the way.
import pathlib
import subprocess
import sys

RUN = pathlib.Path(__file__).resolve().parents[2] / "examples" / "replicated_bank" / "run.py"

done = subprocess.run([sys.executable, str(RUN), sys.argv[1]], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                      stderr=subprocess.STDOUT, text=True, timeout=200)
print(done.stdout)
if done.returncode == 77:
    sys.exit(77)  # there is no server: skipped
for words in ("basel was killed", "basel is open\nzurich is done", "all three have the same"):
    if done.returncode != 0 or words not in done.stdout:
        sys.exit("exit code %d; it should say: %s" % (done.returncode, words))
