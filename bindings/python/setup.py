"""setup.py - how is prismsearch._core built, and from which library?

    pip install ./bindings/python                       builds the library's own sources into the extension
    PRISMSEARCH_BUILD=DIR pip install ...               takes them from a build folder that is there
    PRISMSEARCH_SYSTEM=1 pip install ...                links the installed libprismsearch (pkg-config)

In the first two cases the library's objects are part of the extension module, which shows nothing but
its own entry; ICU, zstd and the others are linked as everywhere.  The sources are those of the checkout
two folders up; a source distribution has them in `core`.  Needed: a C and a C++ compiler, autoconf,
automake, libtool, make, pkg-config, and the libraries that `bootstrap` lists.

The extension for SQLite (bindings/sqlite) comes along as a file of its own, prismsearch/_sqlite/prism.abi3.so,
where SQLite's headers are; `prismsearch.sqlite_extension_path()` tells where it lies.

All settings but these are in pyproject.toml.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext
from setuptools.command.sdist import sdist

HERE = Path(__file__).resolve().parent
ROOT = HERE / "core" if (HERE / "core").is_dir() else HERE.parent.parent
SOURCES = [
    "answer",
    "errors",
    "from_json",
    "index",
    "json_string",
    "maintain",
    "module",
    "objects",
    "put_many",
    "schema",
    "shards",
    "snapshot",
    "text",
    "to_json",
    "tokenizers",
    "watch",
    "writer",
]


# No path of this machine in a binary.
MAPPED = [f"-ffile-prefix-map={ROOT}=prismsearch", f"-ffile-prefix-map={HERE}=prismsearch/bindings/python"]
# A free-threaded Python has no limited API (before 3.15): its binary is for one version.
STABLE = not sysconfig.get_config_var("Py_GIL_DISABLED") and not getattr(sys.flags, "nogil", False)

SQLITE = HERE / "sqlite" if (HERE / "sqlite").is_dir() else HERE.parent / "sqlite"
SQLITE_SOURCES = ("extension", "interrupt", "search_table", "tokenizer")


def library_version() -> str:
    """Ours is the library's: both change together."""
    header = (ROOT / "include/prismsearch/base.h").read_text(encoding="utf-8")
    found = re.search(r'#define PRISM_VERSION_STRING "([^"]+)"', header)
    if found is None:
        raise SystemExit("no version in include/prismsearch/base.h")
    return found[1]


def run(*command: str, cwd: Path) -> None:
    print("+", shlex.join(command), flush=True)
    try:
        subprocess.run(command, cwd=cwd, check=True)
    except FileNotFoundError:
        raise SystemExit(f"{command[0]} is missing; {ROOT / 'bootstrap'} installs or names what is needed") from None


def pkg_config(*arguments: str) -> list[str]:
    out = subprocess.run(["pkg-config", *arguments], check=True, capture_output=True, text=True)
    return shlex.split(out.stdout)


def has_sqlite() -> bool:
    """Whether the extension for SQLite can be built: its headers and our sources are there."""
    if not (SQLITE / "extension.c").exists():
        return False
    compiler = shlex.split(os.environ.get("CC", "cc"))
    program = "#include <sqlite3ext.h>\n"
    try:
        done = subprocess.run([*compiler, "-E", "-"], input=program, capture_output=True, text=True)
    except FileNotFoundError:
        return False
    return done.returncode == 0


def dependencies_of(archive: Path) -> list[str]:
    """What a libtool library is linked with."""
    found = re.search(r"^dependency_libs='(.*)'$", archive.read_text(encoding="utf-8"), re.M)
    flags = shlex.split(found[1]) if found else []
    return [flag for flag in flags if not flag.endswith(".la")]


class BuildWithCore(build_ext):
    """The library first, then the extension on top of it."""

    def build_extension(self, ext: Extension) -> None:
        if os.environ.get("PRISMSEARCH_SYSTEM"):
            ext.extra_compile_args += pkg_config("--cflags", "prismsearch")
            ext.extra_link_args += pkg_config("--libs", "prismsearch")
        else:
            self.link_core(ext, self.built_core())
        super().build_extension(ext)

    def built_core(self) -> Path:
        """A build folder with libprs.la in it."""
        given = os.environ.get("PRISMSEARCH_BUILD")
        if given:
            return Path(given).resolve()
        folder = Path(self.build_temp).resolve() / "core"
        folder.mkdir(parents=True, exist_ok=True)
        if not (ROOT / "configure").exists():
            run("autoreconf", "-fi", cwd=ROOT)
        if not (folder / "Makefile").exists():
            flags = [f"{name}={' '.join([os.environ.get(name, '-O2 -g'), *MAPPED])}" for name in ("CFLAGS", "CXXFLAGS")]
            run(str(ROOT / "configure"), "--quiet", "--disable-long-tests", *flags, cwd=folder)
        run("make", f"-j{os.cpu_count() or 1}", "libprs.la", cwd=folder)
        return folder

    @staticmethod
    def link_core(ext: Extension, folder: Path) -> None:
        archive = folder / ".libs/libprs.a"
        if not archive.exists():
            raise SystemExit(f"there is no {archive}: build the library first (make libprs.la)")
        ext.include_dirs.append(str(ROOT / "include"))
        ext.depends.append(str(archive))
        ext.extra_link_args += [str(archive), "-Wl,--exclude-libs,ALL"]
        ext.extra_link_args += [*dependencies_of(folder / "libprs.la"), "-lstdc++", "-pthread"]


class SdistWithCore(sdist):
    """A source distribution has what builds the library: no tests, no data."""

    FILES = ("configure.ac", "Makefile.am", "prismsearch.pc.in", "LICENSE", "bootstrap", "CHANGES.md")
    FOLDERS = ("include", "lib", "m4")

    def make_release_tree(self, base_dir: str, files: list[str]) -> None:
        super().make_release_tree(base_dir, files)
        core = Path(base_dir) / "core"
        for name in self.FILES:
            self.take(core, ROOT / name)
        for folder in self.FOLDERS:
            for path in sorted((ROOT / folder).rglob("*")):
                if path.is_file() and not re.match(r"(lt|libtool).*\.m4$", path.name):
                    self.take(core, path)
        for path in sorted(ROOT.rglob("local.mk")):
            if "build" not in path.relative_to(ROOT).parts[0]:
                self.take(core, path)

        for path in sorted(SQLITE.glob("*.[ch]")):
            self.take(Path(base_dir) / "sqlite", path, SQLITE)

    @staticmethod
    def take(core: Path, path: Path, root: Path = ROOT) -> None:
        to = core / path.relative_to(root)
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, to)


def sqlite_extension() -> list[Extension]:
    """No module: SQLite loads it, by a name that follows from that of the file."""
    if not has_sqlite():
        print("SQLite's headers (sqlite3ext.h) are missing: its extension is left out", flush=True)
        return []
    # Compiled from copies: setuptools wants sources below this folder.
    copies = HERE / "build" / "sqlite"
    copies.mkdir(parents=True, exist_ok=True)
    for path in SQLITE.glob("*.[ch]"):
        shutil.copy2(path, copies / path.name)
    return [
        Extension(
            "prismsearch._sqlite.prism",
            [f"build/sqlite/{name}.c" for name in SQLITE_SOURCES],
            depends=["build/sqlite/extension.h"],
            py_limited_api=STABLE,
            extra_compile_args=["-std=gnu11", "-Wall", "-Wextra", "-fvisibility=hidden", *MAPPED],
        )
    ]


def copy_licence() -> None:
    """The library's is ours; setuptools takes it along from beside this file."""
    if (ROOT / "LICENSE").exists() and not (HERE / "LICENSE").exists():
        shutil.copyfile(ROOT / "LICENSE", HERE / "LICENSE")


copy_licence()
setup(
    version=library_version(),
    options={"bdist_wheel": {"py_limited_api": "cp311"}} if STABLE else {},
    ext_modules=[
        *sqlite_extension(),
        Extension(
            "prismsearch._core",
            [f"src/_core/{name}.c" for name in SOURCES],
            depends=["src/_core/core.h"],
            include_dirs=["src/_core"],
            define_macros=[] if STABLE else [("PRISMSEARCH_FREE_THREADED", "1")],
            py_limited_api=STABLE,
            extra_compile_args=["-std=c11", "-Wall", "-Wextra", "-fvisibility=hidden", *MAPPED],
        )
    ],
    cmdclass={"build_ext": BuildWithCore, "sdist": SdistWithCore},
)
