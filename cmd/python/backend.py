"""Builds the Python package (PEP 517 and 660): a wheel, one that points here for
pip install -e, and the sources; with make and Python's own library alone, so
that pip needs no network for it."""

import base64
import gzip
import hashlib
import io
import os
import re
import subprocess
import sysconfig
import tarfile
import tempfile
import zipfile

_here = os.path.dirname(os.path.abspath(__file__))
_tree = os.path.dirname(os.path.dirname(_here))

_METADATA = """\
Metadata-Version: 2.1
Name: nnse
Version: {version}
Summary: Speech enhancement by small recurrent nets
License: BSD-3-Clause
Requires-Python: >=3.9
Requires-Dist: cffi
Requires-Dist: numpy
Description-Content-Type: text/markdown

{readme}"""

_WHEEL = """\
Wheel-Version: 1.0
Generator: nnse
Root-Is-Purelib: false
Tag: {tag}
"""


def _read(*names):
    with open(os.path.join(_tree, *names), "rb") as file:
        return file.read()


def _make():
    """The name of the shared library, which make has built."""
    build = os.environ.get("BUILD", "build")
    library = f"{build}/python/libnnse_python.so"
    jobs = [] if "MAKEFLAGS" in os.environ else [f"-j{os.cpu_count()}"]
    command = ["make", "-s", *jobs, f"BUILD={build}", library]
    if subprocess.run(command, cwd=_tree).returncode != 0:
        raise SystemExit("nnse: the library could not be built; "
                         "scripts/setup.sh build installs what it needs")
    return library


def _version():
    return re.search(r"^VERSION +:= (.*)$", _read("Makefile").decode(),
                     re.MULTILINE)[1]


def _tag():
    """For any Python 3 on this kind of machine: cffi loads the library."""
    platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
    return f"py3-none-{platform}"


def _metadata():
    readme = _read("cmd", "python", "README.md").decode()
    return _METADATA.format(version=_version(), readme=readme).encode()


def _info():
    """The files that describe the package, by name."""
    folder = f"nnse-{_version()}.dist-info"
    return {f"{folder}/METADATA": _metadata(),
            f"{folder}/WHEEL": _WHEEL.format(tag=_tag()).encode(),
            f"{folder}/LICENSE": _read("LICENSE")}


def _package():
    """Where the files of the package lie in the tree, by name."""
    folder = os.path.join("cmd", "python", "nnse")
    names = sorted(name for name in os.listdir(os.path.join(_tree, folder))
                   if name.endswith((".py", ".pyi", "py.typed")))
    files = {f"nnse/{name}": os.path.join(folder, name) for name in names}
    files["nnse/nnse.h"] = os.path.join("lib", "nnse.h")
    files["nnse/records.h"] = os.path.join("cmd", "python", "records.h")
    files["nnse/libnnse_python.so"] = _make()
    return files


def _links(library):
    """A folder beside the library with links to all files of the package, so
    that what is changed in the tree is changed for those who import it."""
    folder = os.path.join(_tree, os.path.dirname(library), "editable")
    for name, path in _package().items():
        link = os.path.join(folder, name)
        os.makedirs(os.path.dirname(link), exist_ok=True)
        if os.path.lexists(link):
            os.remove(link)
        os.symlink(os.path.realpath(os.path.join(_tree, path)), link)
    return os.path.realpath(folder)


def _record(files, name):
    """Checksums of the files, and the list's own line."""
    lines = []
    for path, content in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest())
        lines.append(f"{path},sha256={digest.rstrip(b'=').decode()},"
                     f"{len(content)}\n")
    return "".join(lines + [f"{name},,\n"]).encode()


def _write_wheel(folder, files):
    """Returns its name."""
    record = f"nnse-{_version()}.dist-info/RECORD"
    files[record] = _record(files, record)
    wheel = f"nnse-{_version()}-{_tag()}.whl"
    with zipfile.ZipFile(os.path.join(folder, wheel), "w",
                         zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            about = zipfile.ZipInfo(name)  # of 1980: equal bytes, equal wheel
            about.external_attr = 0o644 << 16
            archive.writestr(about, content, zipfile.ZIP_DEFLATED)
    return wheel


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    files = {name: _read(path) for name, path in _package().items()}
    return _write_wheel(wheel_directory, {**files, **_info()})


def build_editable(wheel_directory, config_settings=None,
                   metadata_directory=None):
    # Python reads the file in the encoding of the locale, which may be ASCII.
    line = f"import sys; sys.path.append({ascii(_links(_make()))})\n"
    return _write_wheel(wheel_directory,
                        {"nnse.pth": line.encode(), **_info()})


def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    for name, content in _info().items():
        path = os.path.join(metadata_directory, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content)
    return f"nnse-{_version()}.dist-info"


prepare_metadata_for_build_editable = prepare_metadata_for_build_wheel


def build_sdist(sdist_directory, config_settings=None):
    """The tarball of make dist under the package's name, with PKG-INFO."""
    name = f"nnse-{_version()}"
    about = f"{name}/PKG-INFO"
    with tempfile.TemporaryDirectory() as folder:
        sources = os.path.join(folder, f"{name}.tar.gz")
        subprocess.run(["scripts/dist.sh", sources], cwd=_tree, check=True)
        out = io.BytesIO()
        with tarfile.open(sources) as old, tarfile.open(
                fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as new:
            for member in old:
                if member.name != about:
                    new.addfile(member, old.extractfile(member)
                                if member.isreg() else None)
            info = tarfile.TarInfo(about)
            info.mode, info.mtime = 0o644, member.mtime
            info.size = len(_metadata())
            new.addfile(info, io.BytesIO(_metadata()))
    with open(os.path.join(sdist_directory, f"{name}.tar.gz"), "wb") as file:
        file.write(gzip.compress(out.getvalue(), compresslevel=6, mtime=0))
    return f"{name}.tar.gz"


if __name__ == "__main__":
    import sys
    print(os.path.join(sys.argv[1], build_wheel(sys.argv[1])))
