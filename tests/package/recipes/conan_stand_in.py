# SPDX-License-Identifier: BSL-1.0
#
# conan_stand_in.py: the parts of Conan 2 that the recipes of packaging/conan use, because Conan isn't packaged. Building
# is left out: what is installed is the build folder `build_folder`, which must know each option that a recipe sets.
import pathlib
import shutil
import subprocess
import sys
import types


class ConanInvalidConfiguration(Exception):
    pass


class Settings:
    os, arch, compiler, build_type = "Linux", "x86_64", "gcc", "Release"


class Options:
    def __init__(self, allowed, default):
        for name, values in allowed.items():
            if default.get(name) not in values:
                raise ValueError("the option %s has no valid default" % name)
            setattr(self, name, default[name])


class Component:
    def __init__(self):
        self.libs, self.defines, self.requires, self.system_libs = [], [], [], []
        self.libdirs, self.bindirs, self.includedirs, self.properties = ["lib"], ["bin"], ["include"], {}

    def set_property(self, name, value):
        self.properties[name] = value


class Components(dict):
    def __missing__(self, name):
        self[name] = Component()
        return self[name]


class CppInfo(Component):
    def __init__(self):
        super().__init__()
        self.components = Components()


class ConanFile:
    def __init__(self, recipe_folder):
        self.recipe_folder = str(recipe_folder)
        self.settings, self.required, self.cpp_info = Settings(), [], CppInfo()
        if isinstance(getattr(self, "options", None), dict):
            self.options = Options(self.options, self.default_options)

    def requires(self, reference, **traits):
        self.required.append(reference)


class CMakeToolchain:
    def __init__(self, conanfile):
        self.conanfile, self.cache_variables = conanfile, {}

    def generate(self):
        cache = (pathlib.Path(self.conanfile.build_folder) / "CMakeCache.txt").read_text(encoding="utf-8")
        for name in self.cache_variables:
            if "\n%s:BOOL=" % name not in cache:
                raise ValueError("the recipe sets %s, which quipu doesn't know" % name)


class CMakeDeps:
    def __init__(self, conanfile):
        pass

    def generate(self):
        pass


class CMake:
    def __init__(self, conanfile):
        self.conanfile = conanfile

    def configure(self):
        pass

    def build(self):
        pass

    def install(self):
        subprocess.run(["cmake", "--install", self.conanfile.build_folder, "--prefix", self.conanfile.package_folder],
                       check=True, stdout=subprocess.DEVNULL)


def load(conanfile, path):
    return pathlib.Path(path).read_text(encoding="utf-8")


def copy(conanfile, pattern, source, target):
    found = list(pathlib.Path(source).glob(pattern + "/**/*" if pattern.endswith("*") else pattern))
    found += pathlib.Path(source).glob(pattern)
    files = [path for path in found if path.is_file()]
    if not files:
        raise FileNotFoundError("nothing is called %s" % pattern)
    for path in files:
        place = pathlib.Path(target) / path.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)


def rmdir(conanfile, path):
    shutil.rmtree(path, ignore_errors=True)


def rm(conanfile, pattern, folder, recursive=False):
    for path in pathlib.Path(folder).glob("**/" + pattern if recursive else pattern):
        path.unlink()


def written_by_deps(conanfile):
    """What Conan's CMakeDeps would write so that a program finds the package: a target for each component."""
    lines, targets = [], {name: part.properties["cmake_target_name"] for name, part in conanfile.cpp_info.components.items()}
    for name, part in conanfile.cpp_info.components.items():
        links = [targets.get(each, "Boost::headers") for each in part.requires]
        links += ["%s/%s/lib%s.a" % (conanfile.package_folder, part.libdirs[0], each) for each in part.libs]
        links += part.system_libs
        lines += ["add_library(%s INTERFACE IMPORTED)" % targets[name],
                  "set_target_properties(%s PROPERTIES INTERFACE_INCLUDE_DIRECTORIES \"%s/include\")"
                  % (targets[name], conanfile.package_folder),
                  "target_link_libraries(%s INTERFACE %s)" % (targets[name], " ".join(links)),
                  "target_compile_definitions(%s INTERFACE %s)" % (targets[name], " ".join(part.defines))]
    return "find_package(Boost 1.81 REQUIRED)\n" + "\n".join(lines) + "\n"


def provide():
    """Makes `from conan import ConanFile` and the like work."""
    parts = {
        "conan": {"ConanFile": ConanFile}, "conan.tools": {},
        "conan.errors": {"ConanInvalidConfiguration": ConanInvalidConfiguration},
        "conan.tools.build": {"check_min_cppstd": lambda conanfile, least: None, "can_run": lambda conanfile: True},
        "conan.tools.cmake": {"CMake": CMake, "CMakeDeps": CMakeDeps, "CMakeToolchain": CMakeToolchain,
                              "cmake_layout": lambda conanfile: None},
        "conan.tools.files": {"copy": copy, "load": load, "rm": rm, "rmdir": rmdir},
    }
    for name, members in parts.items():
        module = types.ModuleType(name)
        module.__dict__.update(members)
        sys.modules[name] = module
