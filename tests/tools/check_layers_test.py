#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
#
# check_layers_test.py: every fault that tools/check_layers.py is there for, planted once.
import pathlib
import sys
import unittest

import source_tree

sys.path.insert(0, str(source_tree.REPOSITORY / "tools"))
import check_layers  # noqa: E402
import definitions  # noqa: E402

CPP = source_tree.LICENCE + "//\n// A source file that was made for a test.\n"
SYSTEM_HEADERS = ("unistd.h", "sys/stat.h", "fcntl.h", "pthread.h", "dirent.h")


class CheckLayers(source_tree.SourceTree):
    def refuses(self, *words):
        said = self.tool("check_layers.py", fails=True)
        for each in words:
            self.assertIn(each, said)
        self.assertEqual(len(said.strip().splitlines()), len(words) + 1,
                         "one line for each fault, and their number:\n" + said)

    def test_right(self):
        self.assertIn("10 headers and 2 definitions files in 14 layers", self.tool("check_layers.py"))

    def test_a_layer_includes_a_later_one(self):
        self.replace("include/quipu/core/detail/table.hpp", "#include <time.h>", '#include "../../journal/index.hpp"')
        self.write_header("include/quipu/journal/index.hpp", "struct index {};\n")
        self.replace("include/quipu/quipu.hpp", '#include "store', '#include "journal/index.hpp"\n\n#include "store')
        self.refuses("core/detail/table.hpp:6: core may not include journal/index.hpp")

    def test_definitions_include_a_later_layer(self):
        self.replace("include/quipu/impl/core/bytes.ipp", '#include "../../macros.hpp"\n',
                     '#include "../../macros.hpp"\n#include "../../store/store.hpp"\n')
        self.refuses("impl/core/bytes.ipp:9: core may not include store/store.hpp")

    def test_definitions_and_headers_include_definitions(self):
        self.replace("include/quipu/impl/store/store.ipp", '#include "../../macros.hpp"\n',
                     '#include "../../macros.hpp"\n#include "../core/bytes.ipp"\n')
        self.replace("include/quipu/core/a_codec.hpp", '#include "bytes.hpp"\n',
                     '#include "bytes.hpp"\n#include "../impl/core/bytes.ipp"\n')
        self.refuses("impl/store/store.ipp:7: includes the definitions impl/core/bytes.ipp",
                     "core/a_codec.hpp:7: includes the definitions impl/core/bytes.ipp")

    def test_definitions_without_a_header(self):
        self.write_header("include/quipu/impl/core/lost.ipp", '#include "../../core/bytes.hpp"\n')
        self.append("include/quipu/impl/model.ipp", '#include "core/lost.ipp"\n')
        self.refuses("impl/core/lost.ipp: has no header core/lost.hpp")
        self.write_header("include/quipu/core/lost.hpp", "struct lost {};\n")
        self.replace("include/quipu/model.hpp", '#include "core/a_codec.hpp"\n',
                     '#include "core/a_codec.hpp"\n#include "core/lost.hpp"\n')
        self.refuses("impl/core/lost.ipp: doesn't include its header core/lost.hpp")

    def test_definitions_in_the_wrong_place(self):
        self.write_header("include/quipu/core/bytes.ipp", '#include "bytes.hpp"\n')
        self.write_header("include/quipu/impl/helpers/all.ipp", "")
        self.write_header("include/quipu/impl/core/all.hpp", "")
        said = self.tool("check_layers.py", fails=True)
        for words in ("core/bytes.ipp: belongs in impl/", "impl/helpers/all.ipp: helpers isn't a layer",
                      "impl/core/all.hpp: impl isn't a layer"):
            self.assertIn(words, said)

    def test_a_function_without_quipu_decl(self):
        name = "include/quipu/impl/store/store.ipp"
        self.replace(name, "QUIPU_DECL int store::size", "int store::size")
        self.refuses("impl/store/store.ipp:14: doesn't begin with QUIPU_DECL: int store::size()")
        self.replace(name, "int store::size", "inline int store::size")
        self.refuses("impl/store/store.ipp:14: doesn't begin with QUIPU_DECL: inline int store::size()")
        self.append(name, "}\n")
        self.assertIn("store.ipp:15: a brace without its other half", self.tool("check_layers.py", fails=True))

    def test_quipu_decl_in_a_header(self):
        self.append("include/quipu/core/bytes.hpp", "// QUIPU_DECL is for definitions.\nQUIPU_DECL int other();\n")
        self.refuses("core/bytes.hpp:12: QUIPU_DECL in a header")

    def test_what_overrides_is_declared_with_quipu_decl(self):
        base = "struct base { virtual int f(int) = 0; virtual int g() = 0; };\n"
        good = base + (
            "struct derived : base {\n  QUIPU_DECL int f(\n    int) override;\n  int g() override { return 1; }\n};\n")
        self.append("include/quipu/core/bytes.hpp", good)
        self.tool("check_layers.py")
        self.replace("include/quipu/core/bytes.hpp", "QUIPU_DECL int f(", "int f(")
        self.refuses("a function that overrides is declared with QUIPU_DECL")

    def test_what_stands_above_includes_a_layer(self):
        self.replace("include/quipu/version.hpp", "#include <cstdint>", '#include <cstdint>\n#include "core/bytes.hpp"')
        self.refuses("version.hpp:7: stands before all layers")

    def test_a_part_includes_the_whole(self):
        for whole in ("quipu.hpp", "model.hpp"):
            self.write_header("include/quipu/store/config.hpp", '#include "../%s"\n' % whole)
            self.assertIn("store/config.hpp:6: a part includes the whole", self.tool("check_layers.py", fails=True))

    def test_an_unknown_layer_and_a_stray_header(self):
        self.write_header("include/quipu/helpers/all.hpp", "struct all {};\n")
        self.write_header("include/quipu/stray.hpp", "struct stray {};\n")
        self.refuses("helpers isn't a layer", "stray.hpp: belongs in a layer's folder")

    def beside(self):
        """A layer beside the umbrellas: a header with definitions, and the file that compiles these."""
        block = '\n#if defined(QUIPU_HEADER_ONLY) || defined(QUIPU_IMPLEMENTATION)\n' \
                '#include "../impl/replication/far.ipp"\n#endif\n'
        self.write_header("include/quipu/replication/near.hpp", "#include <quipu.hpp>\n\nstruct near {};\n")
        self.write_header("include/quipu/replication/far.hpp", '#include "near.hpp"\n\nint far(near);\n' + block)
        self.write_header("include/quipu/impl/replication/far.ipp",
                          '#include "../../replication/far.hpp"\n\nQUIPU_DECL int far(near) { return 1; }\n')
        self.write("src/far.cpp", CPP + "#include <quipu/impl/replication/far.ipp>\n")

    def test_a_layer_beside_the_umbrellas(self):
        self.beside()
        self.tool("check_layers.py")
        self.replace("include/quipu/replication/near.hpp", "<quipu.hpp>", '"../store/store.hpp"')
        self.refuses("replication/near.hpp:6: replication may include <quipu.hpp> and its own layer, not store/store.hpp")
        self.beside()
        self.write("src/far.cpp", CPP)
        self.refuses("far.ipp: one file of src must have #include <quipu/impl/replication/far.ipp>, these do: none")
        self.beside()
        self.replace("include/quipu/replication/far.hpp", "#endif", "#endif  // far")
        self.refuses("replication/far.hpp: doesn't end with the block that includes impl/replication/far.ipp")
        self.beside()
        self.replace("include/quipu/store/store.hpp", "#include <string>", "#include <quipu.hpp>\n#include <string>")
        self.refuses("store/store.hpp:9: includes <quipu.hpp>; the library includes itself by relative path")

    def test_what_a_header_must_not_do_to_a_program(self):
        for name, line in (("core/bytes.hpp", 11), ("impl/core/bytes.ipp", 13)):
            right = self.read("include/quipu/" + name)
            place = "%s:%d: " % (name, line)
            for fault, words in (("namespace {\nstruct a {};\n}\n", "an unnamed namespace"),
                                 ("inline namespace\n{\nstruct a {};\n}\n", "an unnamed namespace"),
                                 ("  using namespace std;\n", "a using-directive"),
                                 ("#define QUIPU_A 1\n", "the macro QUIPU_A outlives"),
                                 ("# define f(x) x\n#undef g\n", "the macro f outlives")):
                self.write("include/quipu/" + name, right + fault)
                self.refuses(place + words)
            self.write("include/quipu/" + name,
                       right + "#define QUIPU_A 1\n#undef QUIPU_A\nnamespace quipu {\nusing std::string;\n}\n")
            self.tool("check_layers.py")

    def test_macros_may_define_what_is_called_quipu(self):
        self.append("include/quipu/macros.hpp", "#define QUIPU_MODE 1\n")
        self.tool("check_layers.py")
        self.append("include/quipu/macros.hpp", "#define INLINE inline\n")
        self.refuses("macros.hpp:15: the macro INLINE outlives")

    def test_a_public_header_includes_the_operating_system(self):
        name = "include/quipu/core/bytes.hpp"
        right = self.read(name)
        for header in SYSTEM_HEADERS:
            self.write(name,
                       right.replace("#include <string>", "#if 1\n#include <%s>\n#endif\n#include <string>" % header))
            self.refuses("core/bytes.hpp:7: a public header includes <%s>" % header)
        self.write(name, right)
        self.replace("include/quipu/core/detail/table.hpp", "#include <time.h>", "#include <unistd.h>")
        self.tool("check_layers.py")

    def test_an_exemption_that_nothing_needs(self):
        name = next(iter(check_layers.SYSTEM_HEADER_EXEMPT), None)
        if name is None:
            self.skipTest("no header is exempt")
        self.write_header("include/quipu/" + name, "#include <unistd.h>\n")
        self.tool("check_layers.py", "--write")
        self.write_header("include/quipu/" + name, "struct exempt {};\n")
        self.refuses(name + ": needs no exemption any more")

    def test_an_umbrella_leaves_out_what_is_only_detail(self):
        self.write_header("include/quipu/core/engine.hpp", "namespace quipu::detail {\nstruct part {};\n}\n")
        self.write_header("include/quipu/store/store.hpp",
                          '#include "../core/engine.hpp"\n\nstruct store { int size(); };\n')
        self.tool("check_layers.py", "--write")
        self.assertNotIn("engine.hpp", self.read("include/quipu/model.hpp"))
        self.append("include/quipu/core/engine.hpp", "namespace quipu {\nstruct whole {};\n}\n")
        self.refuses("model.hpp: forgets core/engine.hpp")

    def test_an_umbrella_forgets_repeats_or_misplaces(self):
        umbrella = "include/quipu/model.hpp"
        right = self.read(umbrella)
        self.write(umbrella, right.replace('#include "core/bytes.hpp"\n', ""))
        self.refuses("model.hpp: forgets core/bytes.hpp")
        codec = '#include "core/a_codec.hpp"\n'
        self.write(umbrella, right.replace(codec, codec + '#include "core/detail/table.hpp"\n'))
        self.refuses("model.hpp: includes core/detail/table.hpp, which isn't a public header")
        self.write(umbrella, right.replace(codec, codec + '#include "store/store.hpp"\n'))
        self.refuses("model.hpp: includes store/store.hpp, which isn't a public header of its layers")
        self.write(umbrella, right.replace(codec, codec + '#include "core/bytes.hpp"\n'))
        self.refuses("includes core/bytes.hpp twice")
        bytes_and_codec = '#include "core/bytes.hpp"\n' + codec
        self.write(umbrella, right.replace(bytes_and_codec, codec + '#include "core/bytes.hpp"\n'))
        self.refuses("model.hpp: isn't in order")
        self.tool("check_layers.py", "--write")
        self.assertEqual(self.read(umbrella), right)
        self.replace("include/quipu/quipu.hpp", '#include "store/store.hpp"\n', "")
        self.refuses("quipu.hpp: forgets store/store.hpp")
        self.tool("check_layers.py", "--write")
        self.tool("check_layers.py")

    def test_an_umbrella_without_its_last_block(self):
        self.append("include/quipu/model.hpp", "// The end.\n")
        self.refuses("model.hpp: doesn't end with the block that includes impl/model.ipp")

    def test_a_list_of_definitions_forgets_repeats_or_misplaces(self):
        self.write_header("include/quipu/impl/core/a_codec.ipp", '#include "../../core/a_codec.hpp"\n')
        self.write_header("include/quipu/impl/event/kind.ipp", '#include "../../event/kind.hpp"\n')
        self.write_header("include/quipu/event/kind.hpp", "struct kind {};\n")
        self.refuses("impl/model.ipp: forgets impl/core/a_codec.ipp", "impl/model.ipp: forgets impl/event/kind.ipp",
                     "model.hpp: forgets event/kind.hpp")
        self.tool("check_layers.py", "--write")
        name = "include/quipu/impl/model.ipp"
        right = self.read(name)
        includes = '#include "core/a_codec.ipp"\n#include "core/bytes.ipp"\n\n#include "event/kind.ipp"\n'
        self.assertTrue(right.endswith("#pragma once\n\n" + includes), right)
        self.write(name, right + '#include "store/store.ipp"\n')
        self.refuses("impl/model.ipp: includes impl/store/store.ipp, which isn't a definitions file of its layers")
        self.write(name, right + '#include "core/bytes.ipp"\n')
        self.refuses("impl/model.ipp: includes impl/core/bytes.ipp twice")
        self.write(name, right.replace('#include "core/a_codec.ipp"\n', "") + '#include "core/a_codec.ipp"\n')
        self.refuses("impl/model.ipp: isn't in order")
        self.write_header(name, "")
        self.tool("check_layers.py", "--write")
        self.assertEqual(self.read(name), right)

    def test_write_names_a_new_header_and_keeps_the_rest(self):
        umbrella = "include/quipu/model.hpp"
        self.write_header("include/quipu/event/kind.hpp", '#include "../core/bytes.hpp"\n')
        self.refuses("model.hpp: forgets event/kind.hpp")
        end = self.read(umbrella).split('#include "core/a_codec.hpp"\n')[1]
        self.tool("check_layers.py", "--write")
        self.assertIn('#include "core/a_codec.hpp"\n\n#include "event/kind.hpp"\n' + end, self.read(umbrella))

    def test_write_drops_what_does_not_exist_any_more(self):
        for name in ("core/a_codec.hpp", "store/store.hpp", "impl/core/bytes.ipp", "impl/store/store.ipp"):
            (self.root / "include/quipu" / name).unlink()
        (self.root / "include/quipu/core/detail/table.hpp").unlink()
        (self.root / "include/quipu/core/detail/rotate.hpp").unlink()
        self.refuses("doesn't exist")
        self.tool("check_layers.py", "--write")
        self.assertNotIn("store.hpp", self.read("include/quipu/quipu.hpp"))
        self.tool("check_layers.py")

    def test_a_detail_that_nothing_includes(self):
        self.write_header("include/quipu/core/detail/unused.hpp", "struct unused {};\n")
        self.refuses("core/detail/unused.hpp: nothing includes it")

    def test_what_every_source_file_has(self):
        for name in ("tests/core/a_test.cpp", "src/a.cpp"):
            self.faults_of_a_source_file(name)

    def faults_of_a_source_file(self, name):
        for text, words in ((CPP.replace("BSL", "MIT"), "no line with the licence"),
                            ("\n" + CPP, "no line with the licence"),
                            (CPP + source_tree.LICENCE, "more than one line with the licence"),
                            (source_tree.LICENCE + "int main() {}\n", "doesn't say at the top what it is"),
                            (CPP + "\n" * 598, "601 lines"),
                            (CPP + "\tint a;\n", "tabs"),
                            (CPP + "int a;\r\n", "carriage returns"),
                            (CPP + "int a;", "doesn't end with a newline"),
                            (CPP + "// see " + "/home" + "/somebody/notes\n", "a path of one machine"),
                            (CPP + '#include "%s/a.hpp"\n' % self.root, "a path of one machine")):
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode("utf-8"))
            self.refuses(name)
            self.assertIn(words, self.tool("check_layers.py", fails=True))
        self.write(name, CPP + "\n" * 597)
        self.tool("check_layers.py")

    def test_definitions_are_source_files(self):
        name = "include/quipu/impl/core/bytes.ipp"
        right = self.read(name)
        self.write(name, right.replace("BSL", "MIT"))
        self.refuses("bytes.ipp: no line with the licence")
        self.write(name, right.replace("#pragma once\n", ""))
        self.refuses("bytes.ipp: no #pragma once")

    def test_pragma_once(self):
        self.write("tests/core/samples.hpp", CPP)
        self.refuses("tests/core/samples.hpp: no #pragma once")
        (self.root / "tests/core/samples.hpp").unlink()
        for name in ("include/quipu/model.hpp", "include/quipu/quipu.hpp"):
            right = self.read(name)
            self.write(name, right.replace("\n#include", "\n#pragma once\n#include", 1))
            self.refuses(name + ": #pragma once keeps QUIPU_IMPLEMENTATION from working")
            self.write(name, right)

    def test_a_script_without_a_suffix_counts(self):
        self.write("tools/script", "#!/bin/sh\necho\n")
        self.assertIn("tools/script: no line with the licence", self.tool("check_layers.py", fails=True))


class Columns(source_tree.SourceTree):
    def problems(self, **columns):
        return list(check_layers.column_problems(self.root, {folder: (most, True) for folder, most in columns.items()}))

    def test_code(self):
        self.write("tests/a.cpp", CPP + "/" * 120 + "\n" + "\u00e9" * 120 + "\n" + "/" * 121 + "\n")
        self.assertEqual(self.problems(tests=120), ["tests/a.cpp:6: 121 columns; a line has at most 120"])
        self.assertEqual(self.problems(src=120), [])
        self.assertEqual(list(check_layers.column_problems(self.root, {"tests": (120, False)})), [])

    def test_documents(self):
        long = "word " * 20 + "w"
        self.write("docs/a.md", "\n".join((long, "| " + long, "[a]: " + long, "    " + long, "```sh", long, "```", long,
                                           "[a](%s) b" % ("c" * 90), "https://" + "d" * 100, "    - " + long)) + "\n")
        found = [problem.split(":")[1] for problem in self.problems(docs=100)]
        self.assertEqual(found, ["1", "8", "11"])
        self.write("README.md", long + "\n")
        columns = {"README.md": (100, True)}
        self.assertEqual(list(check_layers.column_problems(self.root, columns)),
                         ["README.md:1: 101 columns; a line has at most 100"])

    def test_the_tool_checks_what_is_turned_on(self):
        folder = next(name for name, (_, checked) in check_layers.COLUMNS.items() if checked)
        self.write(folder + "/a.cpp", CPP + "/" * 121 + "\n")
        said = self.tool("check_layers.py", fails=True)
        self.assertIn(folder + "/a.cpp:4: 121 columns", said)

    def test_the_tool_can_check_all(self):
        self.write("examples/a.cpp", CPP + "/" * 121 + "\n")
        self.assertIn("examples/a.cpp:4: 121 columns", self.tool("check_layers.py", "--all-columns", fails=True))

    def test_a_folder_without_long_lines_is_turned_on(self):
        everything = {folder: (most, True) for folder, (most, _) in check_layers.COLUMNS.items()}
        long = {pathlib.PurePath(problem.split(":")[0]).parts[0]
                for problem in check_layers.column_problems(source_tree.REPOSITORY, everything)}
        left_out = {folder for folder, (_, checked) in check_layers.COLUMNS.items() if not checked}
        self.assertEqual(left_out - long, set(), "turn these on in check_layers.COLUMNS")


class WithoutDecl(unittest.TestCase):
    """Which declarations must begin with QUIPU_DECL."""

    def found(self, text):
        return [" ".join(beginning.split()) for _, beginning in definitions.without_decl(text)]

    def test_functions_without_it(self):
        for text in ("int f() { return 1; }", "void f();", "static int f() { return 1; }",
                     "inline int f() { return 1; }",
                     "s::s() : a_{1}, b_{2} {}", "s::~s() = default;",
                     "bool s::operator==(const s&) const { return true; }",
                     "s::operator bool() const { return true; }", "auto f() -> int { return {}; }", "int s::count = 0;",
                     "const int a{1};", "std::map<int, int> a = {{1, 2}};", "template <> int f<1>() { return 1; }",
                     "[[noreturn]] void f() { throw 1; }", "__attribute__((cold)) int f() { return 1; }",
                     "struct stat f(int a) { return {}; }", "extern \"C\" int f() { return 1; }",
                     "inline std::string f(int) { return {}; }",
                     "int\nf()\n{\n}", "s::s() try : a_{1} {} catch (...) {}", "int f(int a = int{1}) { return a; }",
                     "inline bool s::operator<(int) const { return 1; }"):
            for around in ("%s\n", "namespace quipu {\nnamespace detail {\n%s\n}\n}  // namespaces\n",
                           "inline namespace QUIPU_MODE {\n%s\n}\n",
                           "struct a {};\n%s\nint QUIPU_DECL_b;\n", 'extern "C" {\n%s\n}\n',
                           "QUIPU_DECL int g() { return 1; }\n%s\n"):
                expected = 2 if "QUIPU_DECL_b" in around else 1
                self.assertEqual(len(self.found(around % text)), expected, around % text)

    def test_functions_with_it_and_what_needs_none(self):
        for text in ("QUIPU_DECL int f() { return 1; }", "QUIPU_DECL s::s() : a_{1}, b_{std::move(b)} { f(); }",
                     "QUIPU_DECL s::~s() = default;",
                     "[[noreturn]] QUIPU_DECL void f() { throw 1; }",
                     "__attribute__((target(\"avx2\"))) QUIPU_DECL void f() {}",
                     "template <> QUIPU_DECL int f<1>() { return 1; }", "template <class T> int f(T) { return 1; }",
                     "template <class T = decltype(s{})> requires c<T> int f(T) { return 1; }",
                     "template <> struct t<1> { int f() { return 1; } };",
                     "struct a { int f() { return 1; } int g(); };",
                     "class a final : public b<decltype(f())> { a() : c{1} {} };",
                     "enum class e : int { a, b };", "struct alignas(64) a { int b; };", "struct [[nodiscard]] a;",
                     "union u { int a; };",
                     "using a = int (*)(int);", "using std::swap;", "typedef int a;", "constexpr int a = 1 << 2;",
                     "constexpr int f() { return 1; }",
                     "inline constexpr int a{1};", "inline constexpr auto b = a{1} << 3;",
                     "inline std::atomic<int> a{0};",
                     "inline std::function<void(int)> a = nullptr;", "static_assert(f(s{}) == 1);",
                     "namespace fs = std::filesystem;",
                     "template class s<int>;", "extern template class s<int>;", "concept c = true;", ";",
                     "QUIPU_DECL void f() { auto a = [] { return 1; }; if (a()) { } }",
                     "QUIPU_DECL void f(int a = [] { return 1; }()) { }"):
            for around in ("%s\n", "namespace quipu {\n%s\n}\n",
                           "struct a {};\n%s\nQUIPU_DECL int g() { return 1; }\n"):
                self.assertEqual(self.found(around % text), [], around % text)

    def test_what_only_looks_like_code(self):
        directives = "#define A int f() { \\\n  }\n#include <string>\n"
        self.assertEqual(self.found("// int f() {\n/* int f() {\n} */\n" + directives), [])
        literals = r"""g("}\"{", '}', '\'', u8'{', 1'000'000, R"x({{)")x");"""
        self.assertEqual(self.found("QUIPU_DECL char f() { " + literals + " }\n"), [])
        self.assertEqual(self.found("QUIPU_DECL char f() { g('{'); }\nint h() { return 1; }\n"), ["int h()"])

    def test_lines(self):
        self.assertEqual(list(definitions.without_decl("/*\n*/\nstruct a {\n};\n\n// b\nint\nf() {}\n")),
                         [(7, "int\nf()")])

    def test_braces_that_do_not_pair(self):
        for text, line in (("namespace a {\nstruct b {};\n", 1), ("struct a {};\n}\n", 2), ("\nint f() {\n", 2),
                           ("namespace a {\nQUIPU_DECL int f()\n", 1)):
            with self.assertRaises(definitions.Unbalanced) as raised:
                list(definitions.without_decl(text))
            self.assertEqual(raised.exception.args[0], line, text)


if __name__ == "__main__":
    unittest.main()
