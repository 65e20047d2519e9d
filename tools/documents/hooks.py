# SPDX-License-Identifier: BSL-1.0
#
# hooks.py: what MkDocs calls while it builds the site.
import pathlib


def on_post_build(config):
    """The search's index as a script: a page that is opened as a file can't load it otherwise (local_search.js)."""
    folder = pathlib.Path(config["site_dir"]) / "search"
    index = (folder / "search_index.json").read_text(encoding="utf-8")
    (folder / "search_index.js").write_text("window.search_index = %s;\n" % index, encoding="utf-8")
