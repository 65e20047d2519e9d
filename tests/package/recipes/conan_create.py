#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
#
# conan_create.py: what `conan create packaging/conan` does, with conan_stand_in.py in the place of Conan: the sources that the
# recipe exports can be configured, the package holds what package_info says, and the package's test program builds
# and runs against it.
#
#   conan_create.py BUILD FOLDER VERSION COMPILER     BUILD is a build folder of quipu; FOLDER is emptied
import importlib.util
import pathlib
import shutil
import subprocess
import sys

import conan_stand_in

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent.parent
RECIPES = ROOT / "packaging/conan"


def recipe(path, name):
    spec = importlib.util.spec_from_file_location(path.parent.name + "_recipe", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return getattr(module, name)(path.parent)


def run(*command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=200)
    if done.returncode:
        sys.exit(" ".join(command) + "\n" + done.stdout.decode("utf-8", "replace"))
    return done.stdout.decode("utf-8", "replace")


def main():
    build, folder, version, compiler = sys.argv[1:5]
    folder = pathlib.Path(folder)
    shutil.rmtree(folder, ignore_errors=True)
    conan_stand_in.provide()
    quipu = recipe(RECIPES / "conanfile.py", "QuipuConan")
    quipu.build_folder, quipu.package_folder = build, str(folder / "package")
    quipu.export_sources_folder = quipu.source_folder = str(folder / "source")
    quipu.options.tool = "quipu_tool" in (pathlib.Path(build) / "CMakeCache.txt").read_text(encoding="utf-8")

    quipu.set_version()
    if quipu.version != version:
        sys.exit("the recipe's version is %s, and quipu's %s" % (quipu.version, version))
    quipu.export_sources()
    quipu.layout()
    quipu.validate()
    quipu.requirements()
    quipu.generate()
    run("cmake", "-S", quipu.source_folder, "-B", str(folder / "configured"), "-DCMAKE_CXX_COMPILER=" + compiler,
        "-DQUIPU_BUILD_TESTS=OFF", "-DQUIPU_BUILD_EXAMPLES=OFF", "-DQUIPU_BUILD_BENCHMARKS=OFF", "-DQUIPU_BUILD_TOOL=OFF")
    quipu.build()
    quipu.package()
    quipu.package_info()
    for name, part in quipu.cpp_info.components.items():
        for library in part.libs:
            if not (folder / "package/lib" / ("lib%s.a" % library)).exists():
                sys.exit("the component %s names a library that the package lacks: %s" % (name, library))

    recipe(RECIPES / "test_package/conanfile.py", "QuipuTestConan")
    found = folder / "deps/quipu-config.cmake"
    found.parent.mkdir()
    found.write_text(conan_stand_in.written_by_deps(quipu), encoding="utf-8")
    run("cmake", "-S", str(RECIPES / "test_package"), "-B", str(folder / "test"), "-DCMAKE_CXX_COMPILER=" + compiler,
        "-Dquipu_DIR=" + str(found.parent))
    run("cmake", "--build", str(folder / "test"))
    print(run(str(folder / "test/consumer")), end="")


if __name__ == "__main__":
    main()
