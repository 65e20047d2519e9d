# SPDX-License-Identifier: BSL-1.0
#
# html.py: checks the built site: it loads nothing from elsewhere, so it can be read without a network; and each link
# inside it leads to a page and a place on the page that are there.
import html.parser
import re
import urllib.parse

# Attributes that make a browser load something, by element. A link's `rel` decides whether it loads.
LOADS = {"script": ("src",), "img": ("src", "srcset"), "source": ("src", "srcset"), "iframe": ("src",),
         "object": ("data",), "embed": ("src",), "video": ("src", "poster"), "audio": ("src",), "track": ("src",),
         "image": ("href", "xlink:href"), "use": ("href", "xlink:href"), "input": ("src",)}
RELATIONS = ("stylesheet", "icon", "shortcut", "preconnect", "preload", "prefetch", "dns-prefetch", "modulepreload",
             "manifest", "apple-touch-icon")
ELSEWHERE = re.compile(r"^\s*(?:https?:)?//", re.IGNORECASE)
CSS_LOADS = re.compile(r"url\(\s*['\"]?([^'\")]+)|@import\s+['\"]([^'\"]+)")


class Page(html.parser.HTMLParser):
    """What a page loads, links to and can be linked at."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.loads, self.links, self.places, self.style = [], [], {""}, False
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        found = {name: value or "" for name, value in attributes}
        for name in ("id", "name"):
            if name in found:
                self.places.add(found[name])
        self.loads += [(tag, found[name]) for name in LOADS.get(tag, ()) if found.get(name)]
        if tag == "link" and set(found.get("rel", "").lower().split()) & set(RELATIONS):
            self.loads.append((tag, found.get("href", "")))
        if tag == "a" and "href" in found:
            self.links.append(found["href"])
        self.loads += css_loads(found.get("style", ""))
        # The theme loads a program from elsewhere to draw these.
        if "mermaid" in found.get("class", "").split():
            self.loads.append((tag, "https://a-drawing-program (class mermaid)"))
        self.style = tag == "style"

    def handle_endtag(self, tag):
        self.style = False

    def handle_data(self, data):
        if self.style:
            self.loads += css_loads(data)


def css_loads(text):
    return [("css", first or second) for first, second in CSS_LOADS.findall(text)]


def local(site, page, target):
    """The file that a link of a page points to, and the place in it; None where it leads out of the site."""
    parts = urllib.parse.urlsplit(target)
    if parts.scheme or parts.netloc:
        return None
    path = urllib.parse.unquote(parts.path)
    file = page if not path else (site / path.lstrip("/") if path.startswith("/") else page.parent / path).resolve()
    return (file / "index.html" if file.is_dir() else file), urllib.parse.unquote(parts.fragment)


def page_problems(site, pages, path):
    name = path.relative_to(site).as_posix()
    for tag, target in pages[path].loads:
        if ELSEWHERE.match(target):
            yield "%s: <%s> loads %s from elsewhere" % (name, tag, target)
        elif not target.startswith(("data:", "#")):
            found = local(site, path, target)
            if found and not found[0].is_file():
                yield "%s: <%s> loads %s, which isn't there" % (name, tag, target)
    for target in pages[path].links:
        found = local(site, path, target)
        if found is None:
            continue
        file, place = found
        if not file.is_file():
            yield "%s: links to %s, which isn't there" % (name, target)
        elif place and file in pages and place not in pages[file].places:
            yield "%s: links to %s; there is no such place on that page" % (name, target)


def check(site):
    """The problems of the site, and what to say if there are none."""
    site = site.resolve()
    # The page for what isn't found is shown at any address, so its links begin at the site's root.
    paths = [path for path in sorted(site.rglob("*.html")) if path.name != "404.html"]
    pages = {path: Page(path.read_text(encoding="utf-8")) for path in paths}
    problems = [] if pages else ["%s: there are no pages" % site.name]
    for path in paths:
        problems += page_problems(site, pages, path)
    for path in sorted(site.rglob("*.css")):
        for _, target in css_loads(path.read_text(encoding="utf-8")):
            if ELSEWHERE.match(target):
                problems.append("%s: loads %s from elsewhere" % (path.relative_to(site).as_posix(), target))
    return problems, "%d pages load nothing from elsewhere, and their links are right" % len(pages)
