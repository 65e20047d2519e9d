# SPDX-License-Identifier: BSL-1.0
#
# payload_json.py: prints a payload as JSON by the text of its schema, written from docs/encoding.md alone.
import fractions
import re
import struct

# ---- the schema text

WORD = re.compile(r"[A-Za-z0-9_\x80-\xff]*")
NUMBERS = {"bool": ("bool", 1), "char": ("char", 1), "byte": ("byte", 1), "c8": ("u", 1), "c16": ("u", 2), "c32": ("u", 4), "f32": ("f", 4),
           "f64": ("f", 8), "time": ("i", 8), "steady": ("i", 8), **{"%s%d" % (sign, 8 * size): (sign, size) for sign in "iu" for size in (1, 2, 4, 8)}}


class Mismatch(Exception):
    """A text that is no schema, or a payload that isn't of it."""


class Type:
    def __init__(self, form, least, parts=(), **more):
        self.form, self.least, self.parts = form, least, list(parts)  # `least`: the fewest bytes that a value takes
        self.size, self.count, self.name, self.names, self.is_enum = more.get("size", 0), more.get("count"), more.get("name"), more.get("names"), False
        self.enumerators = {}  # of an enumeration: names by the bytes of their values


class SchemaParser:
    def __init__(self, text):
        self.text, self.at, self.open = text, 0, []

    def parse(self):
        root = self.type(0)
        if self.at != len(self.text):
            raise Mismatch("something follows the type")
        return root

    def accept(self, token):
        if not self.text.startswith(token, self.at):
            return False
        self.at += len(token)
        return True

    def expect(self, token):
        if not self.accept(token):
            raise Mismatch("expected '%s' at %d of the schema" % (token, self.at))

    def word(self):
        found = WORD.match(self.text, self.at).group()
        self.at += len(found)
        return found

    def digits(self):
        found = re.compile("[0-9]+").match(self.text, self.at)
        if not found:
            raise Mismatch("expected a number")
        self.at = found.end()
        return int(found.group())

    def types(self, close, depth):
        found = []
        if self.accept(close):
            return found
        while True:
            found.append(self.type(depth))
            if not self.accept(","):
                self.expect(close)
                return found

    def map(self, form, depth):
        key = self.type(depth)
        self.expect("=>")
        value = self.type(depth)
        self.expect("}")
        self.accept("!")
        return Type(form, 4, (key, value))

    def braces(self, depth):
        start = self.at
        word = self.word()
        following = self.text[self.at:self.at + 1]
        self.at = start
        if not (word and word != "enum" and following == ":" or not word and following == "}"):
            return self.map("map", depth)
        names, parts = [], []
        if not self.accept("}"):
            while True:
                names.append(self.word())
                if not names[-1]:
                    raise Mismatch("expected a field's name")
                self.expect(":")
                parts.append(self.type(depth))
                if not self.accept(","):
                    break
            self.expect("}")
        return Type("record", sum(part.least for part in parts), parts, names=names)

    def named(self, depth):
        end = self.text.find('"', self.at)
        if end <= self.at:
            raise Mismatch("a name without an end")
        name, self.at = self.text[self.at:end], end + 1
        following = self.text[self.at:self.at + 1]
        if not following or not (WORD.match(following).group() or following in '[?<({"'):
            for known in reversed(self.open):
                if known.name == name:
                    return Type("named", 1, [known], name=name)  # itself: stands for what it is a part of
            return Type("opaque", 4, name=name)
        made = Type("named", 1, name=name)
        self.open.append(made)
        made.parts = [self.type(depth)]
        self.open.pop()
        made.least = made.parts[0].least
        return made

    def number(self, word):
        if word not in NUMBERS:
            raise Mismatch("'%s' isn't a type" % word)
        form, size = NUMBERS[word]
        return Type(form, size, size=size)

    def enumeration(self):
        made = self.number(self.word())
        made.is_enum = True
        if not self.accept("{"):
            return made
        if made.form == "f":
            raise Mismatch("an enumeration of floating-point numbers")
        while True:
            name = self.word()
            if not name:
                raise Mismatch("expected an enumerator's name")
            self.expect("=")
            sign = -1 if self.accept("-") else 1
            value = self.digits()
            if value >= 256 ** made.size:
                raise Mismatch("a number that is too large")
            made.enumerators.setdefault((sign * value % 256 ** made.size).to_bytes(made.size, "little"), name)
            if not self.accept(","):
                self.expect("}")
                return made

    def type(self, depth):
        if depth > 256:
            raise Mismatch("types are nested too deep")
        depth += 1
        if self.accept("["):
            element = self.type(depth)
            if self.accept("]"):
                return Type("list", 4, [element])
            self.expect(";")
            count = self.digits()
            self.expect("]")
            return Type("fixed", element.least * count, [element], count=count)
        if self.accept("{"):
            return self.braces(depth)
        if self.accept("?"):
            return Type("optional", 1, [self.type(depth)])
        if self.accept("<"):
            return Type("variant", 1, self.types(">", depth))
        if self.accept("("):
            parts = self.types(")", depth)
            return Type("tuple", sum(part.least for part in parts), parts)
        if self.accept('"'):
            return self.named(depth)
        word = self.word()
        if word == "str":
            return Type("str", 4)
        if word == "enum":
            self.expect(":")
            return self.enumeration()
        if word in ("dur", "fdur"):
            self.expect("<")
            self.digits()
            self.expect("/")
            self.digits()
            self.expect(">")
            return Type("i" if word == "dur" else "f", 8, size=8)
        if word in ("set", "multiset", "hashset", "hashmultiset"):
            self.expect("<")
            element = self.type(depth)
            self.expect(">")
            self.accept("!")
            return Type("set", 4, [element])
        if word in ("hashmap", "multimap", "hashmultimap"):
            self.expect("{")
            return self.map("map" if word == "hashmap" else "multimap", depth)
        return self.number(word)


# ---- as JSON

ESCAPES = {ord('"'): '\\"', ord("\\"): "\\\\", 0x7F: "\\u007f", **{code: "\\u%04x" % code for code in range(0x20)},
           **{code: "\\u%04x" % code for code in range(0xDC80, 0xDD00)}}


def json_string(raw):
    return '"' + raw.decode("utf-8", "surrogateescape").translate(ESCAPES) + '"'


def shortest_digits(value, size):
    """The fewest digits that give this number back, of those the nearest to it, of two the even one: digits and the power of ten of the last one."""
    if size == 8:
        digits, _, exponent = ("%r" % value).partition("e")
        whole, _, part = digits.partition(".")
        found, power = (whole + part).lstrip("0"), int(exponent or 0) - len(part)
    else:
        exact = fractions.Fraction(value)
        for count in range(1, 10):
            digits, _, exponent = ("%.*e" % (count - 1, value)).partition("e")
            power, middle = int(exponent) - count + 1, int(digits.replace(".", ""))
            near = sorted((middle - 1, middle, middle + 1), key=lambda each: (abs(each * fractions.Fraction(10) ** power - exact), each % 2))
            fits = [each for each in near if each > 0 and same_float(each, power, value)]
            if fits:
                found = str(fits[0])
                break
    stripped = found.rstrip("0")
    return stripped, power + len(found) - len(stripped)


def same_float(digits, power, value):
    try:
        return struct.unpack("<f", struct.pack("<f", digits * fractions.Fraction(10) ** power))[0] == value
    except (OverflowError, struct.error):
        return False


def json_float(raw):
    value = struct.unpack("<f" if len(raw) == 4 else "<d", raw)[0]
    if value != value:
        return '"NaN"'
    if value in (float("inf"), float("-inf")):
        return '"Infinity"' if value > 0 else '"-Infinity"'
    sign = "-" if struct.pack("<d", value)[7] & 0x80 else ""
    if value == 0:
        return sign + "0"
    digits, power = shortest_digits(abs(value), len(raw))
    exponent = power + len(digits) - 1
    scientific = digits[0] + ("." + digits[1:] if digits[1:] else "") + "e%s%02d" % ("-" if exponent < 0 else "+", abs(exponent))
    if power >= 0:
        plain = str(int(abs(value)))  # every digit, those beyond the shortest form's too
    elif exponent >= 0:
        plain = digits[:exponent + 1] + "." + digits[exponent + 1:]
    else:
        plain = "0." + "0" * (-exponent - 1) + digits
    return sign + (plain if len(plain) <= len(scientific) else scientific)


class Printer:
    def __init__(self, payload):
        self.payload, self.at = payload, 0
        self.steps = (1 << 20) + 64 * len(payload)  # values without bytes cost time, too

    def take(self, count):
        if count > len(self.payload) - self.at:
            raise Mismatch("it ends too early")
        self.at += count
        return self.payload[self.at - count:self.at]

    def below(self, limit, what):
        value = self.take(1)[0]
        if value >= limit:
            raise Mismatch("%s that is %d" % (what, value))
        return value

    def count(self, least):
        value = struct.unpack("<I", self.take(4))[0]
        if value > (len(self.payload) - self.at) // max(least, 1):
            raise Mismatch("a count that the bytes left over can't back")
        return value

    def elements(self, shape, print_one, counted, least, open_close):
        found = []
        for _ in range(counted):
            found.append(print_one())
            if shape.form != "fixed" and least == 0:
                self.below(1, "a pad byte")
        return open_close[0] + ",".join(found) + open_close[1]

    def value(self, shape, depth=1, names=0):
        self.steps -= 1
        if self.steps < 0 or depth > 1024:
            raise Mismatch("it stands for more values than its size allows, or is nested too deep")
        form, inner = shape.form, lambda part: self.value(part, depth + 1, names)
        if shape.enumerators:
            name = shape.enumerators.get(bytes(self.payload[self.at:self.at + shape.size]))
            if name:
                self.at += shape.size
                return json_string(name.encode("latin-1"))
        if form == "bool":
            return ("false", "true")[self.below(2, "a truth value")]
        if form in "iu":
            return str(int.from_bytes(self.take(shape.size), "little", signed=form == "i"))
        if form == "byte":
            return str(self.take(1)[0])
        if form == "f":
            return json_float(self.take(shape.size))
        if form == "char":
            return json_string(self.take(1))
        if form == "str":
            return json_string(self.take(self.count(1)))
        if form in ("list", "fixed", "set"):
            part = shape.parts[0]
            counted = shape.count if form == "fixed" else self.count(part.least)
            if form != "set" and part.size == 1 and not part.is_enum and part.form in ("byte", "u", "char"):
                raw = self.take(counted)
                return json_string(raw) if part.form == "char" else '"%s"' % raw.hex()
            return self.elements(shape, lambda: inner(part), counted, part.least, "[]")
        if form == "optional":
            return inner(shape.parts[0]) if self.below(2, "an optional value's mark") else "null"
        if form == "variant":
            index = self.below(len(shape.parts), "a variant's index")
            return '{"index":%d,"value":%s}' % (index, inner(shape.parts[index]))
        if form == "tuple":
            return "[" + ",".join([inner(part) for part in shape.parts]) + "]"
        if form == "record":
            return "{" + ",".join([json_string(name.encode("latin-1")) + ":" + inner(part) for name, part in zip(shape.names, shape.parts)]) + "}"
        if form in ("map", "multimap"):
            key, mapped = shape.parts
            least = key.least + mapped.least
            is_object = form == "map" and key.form == "str"
            pattern = "%s:%s" if is_object else "[%s,%s]"
            return self.elements(shape, lambda: pattern % (inner(key), inner(mapped)), self.count(least), least, "{}" if is_object else "[]")
        if form == "named":
            if names >= 64:
                raise Mismatch("it is nested too deep")
            return self.value(shape.parts[0], depth + 1, names + 1)
        return '{"opaque":%s,"bytes":"%s"}' % (json_string(shape.name.encode("latin-1")), self.take(self.count(1)).hex())


def payload_to_json(text, payload):
    """Raises Mismatch."""
    printer = Printer(payload)
    printed = printer.value(SchemaParser(text.decode("latin-1")).parse())
    if printer.at != len(payload):
        raise Mismatch("bytes are left over")
    return printed
