# SPDX-License-Identifier: BSL-1.0
#
# reference_members.py: to come; see reference.py.


def check(root, problems):
    pass
