# SPDX-License-Identifier: BSL-1.0
#
# conanfile.py: the recipe of quipu for Conan 2. `conan create packaging/conan` builds the package from the sources
# around it, and then the program in test_package.
import os
import re

from conan import ConanFile
from conan.errors import ConanInvalidConfiguration
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout
from conan.tools.files import copy, load, rm, rmdir


class QuipuConan(ConanFile):
    name = "quipu"
    description = "An embedded event store for C++20"
    license = "BSL-1.0"
    topics = ("event-sourcing", "event-store", "database", "embedded")
    package_type = "static-library"
    settings = "os", "arch", "compiler", "build_type"
    options = {"fPIC": [True, False], "tool": [True, False]}
    default_options = {"fPIC": True, "tool": False, "boost/*:header_only": True}

    @property
    def _root(self):
        return os.path.join(self.recipe_folder, "..", "..")

    def set_version(self):
        text = load(self, os.path.join(self._root, "include", "quipu", "version.hpp"))
        self.version = ".".join(re.findall(r"#define QUIPU_VERSION_(?:MAJOR|MINOR|PATCH) (\d+)", text))

    def export_sources(self):
        for name in ("CMakeLists.txt", "LICENSE", "cmake/*", "include/*", "src/*", "single_include/*", "docs/quipu.1"):
            copy(self, name, self._root, self.export_sources_folder)

    def layout(self):
        cmake_layout(self)

    def validate(self):
        check_min_cppstd(self, 20)
        if self.settings.os != "Linux":
            raise ConanInvalidConfiguration("quipu runs on Linux")

    def requirements(self):
        self.requires("boost/[>=1.81 <2]", transitive_headers=True)
        if self.options.tool:
            self.requires("cli11/[>=2.1 <3]", visible=False)
            self.requires("fmt/[>=9.1 <12]", visible=False)

    def generate(self):
        CMakeDeps(self).generate()
        toolchain = CMakeToolchain(self)
        for name in ("TESTS", "EXAMPLES", "BENCHMARKS", "JETSTREAM", "POSTGRES"):
            toolchain.cache_variables["QUIPU_BUILD_" + name] = False
        toolchain.cache_variables["QUIPU_INSTALL"] = True
        toolchain.cache_variables["QUIPU_BUILD_TOOL"] = bool(self.options.tool)
        toolchain.generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))
        CMake(self).install()
        # CMakeDeps writes what finds the package, and knows where the dependencies are.
        rmdir(self, os.path.join(self.package_folder, "lib", "cmake"))
        rmdir(self, os.path.join(self.package_folder, "lib", "pkgconfig"))
        rm(self, "*.pc", self.package_folder, recursive=True)

    def package_info(self):
        self.cpp_info.set_property("cmake_file_name", "quipu")
        base = self.cpp_info.components["headers"]
        base.set_property("cmake_target_name", "quipu::quipu")
        base.set_property("pkg_config_name", "quipu")
        base.requires = ["boost::headers"]
        base.system_libs = ["pthread"]
        base.libs, base.libdirs, base.bindirs = [], [], []
        compiled = self.cpp_info.components["compiled"]
        compiled.set_property("cmake_target_name", "quipu::compiled")
        compiled.set_property("pkg_config_name", "quipu-compiled")
        compiled.libs = ["quipu"]
        compiled.defines = ["QUIPU_COMPILED"]
        compiled.requires = ["boost::headers"]
        compiled.system_libs = ["pthread"]
        if self.options.tool:
            tool = self.cpp_info.components["tool"]
            tool.set_property("cmake_target_name", "quipu::tool")
            tool.set_property("pkg_config_name", "quipu-tool")
            tool.libs = ["quipu_tool"]
            tool.requires = ["compiled"]
