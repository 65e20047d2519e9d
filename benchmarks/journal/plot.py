# SPDX-License-Identifier: BSL-1.0
#
# plot.py: small line charts, several to a picture, as SVG and without a library. Both axes are logarithmic, or linear.
import math

COLOURS = {
    "quipu": "#b3261e", "lmdb": "#1f6feb", "lmdb_covering": "#0b8a8a", "sqlite": "#8a5a00", "sqlite_covering": "#8a5a00",
    "rocksdb": "#6f42c1", "fwrite_log": "#5c6670",
}
PANEL_WIDTH, PANEL_HEIGHT, LEFT, BOTTOM, TOP = 330, 230, 56, 34, 30


def text(x, y, words, size=11, anchor="start", colour="#24292f", weight="normal"):
    words = words.replace("&", "&amp;").replace("<", "&lt;")
    return '<text x="%.1f" y="%.1f" font-size="%d" text-anchor="%s" fill="%s" font-weight="%s">%s</text>' % (
        x, y, size, anchor, colour, weight, words)


def short(value):
    """1e-3 as 0.001, 12000 as 12k."""
    for limit, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= limit:
            return "%g%s" % (float("%.3g" % (value / limit)), unit)
    return "%g" % float("%.3g" % value)


def logarithmic_axes(points):
    """The ends of both axes, where they have marks, and how a value is measured on them."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    y0 = math.floor(math.log10(min(ys)))
    y1 = max(math.ceil(math.log10(max(ys))), y0 + 1)
    return (min(xs), max(xs)), (10.0 ** y0, 10.0 ** y1), sorted(set(xs)), [10.0 ** power for power in range(y0, y1 + 1)], math.log10


def linear_axes(points):
    """As above, from 0 to a number that is easily divided by four."""
    def end_of(values):
        step = 10.0 ** math.floor(math.log10(max(*values, 1)))
        return step * min(n for n in (1, 2, 4, 6, 8, 10) if n * step >= max(values))

    xs, ys = (end_of([point[axis] for point in points]) for axis in (0, 1))
    return (0, xs), (0, ys), [xs * n / 4 for n in range(5)], [ys * n / 4 for n in range(5)], float


def panel(left, top, title, axis, lines, axes):
    """One chart: `lines` is a list of (name, [(x, y)...])."""
    out = [text(left + 4, top + 16, title, 12, weight="bold")]
    points = [point for _, line in lines for point in line]
    if not points:
        return out + [text(left + LEFT, top + 60, "not measured", colour="#6e7781")]
    x_ends, y_ends, x_marks, y_marks, measure = axes(points)
    (x0, x1), (y0, y1) = map(measure, x_ends), map(measure, y_ends)
    width, height = PANEL_WIDTH - LEFT - 14, PANEL_HEIGHT - TOP - BOTTOM

    def at(x, y):
        across = (measure(x) - x0) / (x1 - x0) if x1 > x0 else 0.5
        return left + LEFT + across * width, top + TOP + height - (measure(y) - y0) / (y1 - y0) * height

    for mark in y_marks:
        y = at(x_ends[0], mark)[1]
        out.append('<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="#d8dee4"/>' % (left + LEFT, y, left + LEFT + width, y))
        out.append(text(left + LEFT - 6, y + 4, short(mark), 10, "end", "#57606a"))
    for mark in x_marks:
        out.append(text(at(mark, y_ends[0])[0], top + TOP + height + 15, short(mark), 10, "middle", "#57606a"))
    out.append(text(left + LEFT + width / 2, top + TOP + height + 29, axis, 10, "middle", "#57606a"))
    for name, line in lines:
        colour = COLOURS.get(name, "#24292f")
        places = [at(x, y) for x, y in sorted(line)]
        thick = 2.6 if name == "quipu" else 1.6
        dashes = ' stroke-dasharray="5 3"' if name.endswith("_covering") else ""
        out.append('<polyline fill="none" stroke="%s" stroke-width="%.1f"%s points="%s"/>' % (
            colour, thick, dashes, " ".join("%.1f,%.1f" % place for place in places)))
        if axes is logarithmic_axes:  # the others have too many points to show each
            out.extend('<circle cx="%.1f" cy="%.1f" r="%.1f" fill="%s"/>' % (x, y, thick + 0.4, colour) for x, y in places)
    return out


def picture(heading, axis, panels, labels, axes=logarithmic_axes):
    """The SVG text; `panels` is a list of (title, lines), `labels` says what the names in the lines are called."""
    columns = 3
    rows = (len(panels) + columns - 1) // columns
    width, height = columns * PANEL_WIDTH + 10, rows * PANEL_HEIGHT + 62
    out = ['<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" font-family="system-ui, sans-serif">'
           % (width, height, width, height), '<rect width="100%" height="100%" fill="#ffffff"/>', text(10, 24, heading, 14, weight="bold")]
    x = 14
    for name in [each for each in COLOURS if any(each == line for _, lines in panels for line, points in lines if points)]:
        dashes = ' stroke-dasharray="5 3"' if name.endswith("_covering") else ""
        out.append('<line x1="%d" y1="42" x2="%d" y2="42" stroke="%s" stroke-width="3"%s/>' % (x, x + 22, COLOURS[name], dashes))
        out.append(text(x + 28, 46, labels.get(name, name)))
        x += 46 + 7 * len(labels.get(name, name))
    for number, (title, lines) in enumerate(panels):
        out += panel(5 + number % columns * PANEL_WIDTH, 56 + number // columns * PANEL_HEIGHT, title, axis, lines, axes)
    return "\n".join(out + ["</svg>", ""])
