"""Builds the wheel of the Python package (PEP 517), with make and Python's own
library alone, so that pip needs no network for it."""

import base64
import hashlib
import os
import re
import subprocess
import sysconfig
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


def _contents(version, tag):
    """The files of the wheel, by name."""
    package = os.path.join(_here, "nnse")
    names = sorted(name for name in os.listdir(package)
                   if name.endswith((".py", ".pyi", "py.typed")))
    files = {f"nnse/{name}": _read(package, name) for name in names}
    files["nnse/nnse.h"] = _read("lib", "nnse.h")
    files["nnse/records.h"] = _read("cmd", "python", "records.h")
    files["nnse/libnnse_python.so"] = _read(_make())
    info = f"nnse-{version}.dist-info"
    readme = _read("cmd", "python", "README.md").decode()
    files[f"{info}/METADATA"] = _METADATA.format(
        version=version, readme=readme).encode()
    files[f"{info}/WHEEL"] = _WHEEL.format(tag=tag).encode()
    files[f"{info}/LICENSE"] = _read("LICENSE")
    return files, f"{info}/RECORD"


def _record(files, name):
    """Checksums of the files, and the list's own line."""
    lines = []
    for path, content in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest())
        lines.append(f"{path},sha256={digest.rstrip(b'=').decode()},"
                     f"{len(content)}\n")
    return "".join(lines + [f"{name},,\n"]).encode()


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    version = re.search(r"^VERSION +:= (.*)$", _read("Makefile").decode(),
                        re.MULTILINE)[1]
    platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
    tag = f"py3-none-{platform}"
    files, record = _contents(version, tag)
    files[record] = _record(files, record)
    wheel = f"nnse-{version}-{tag}.whl"
    with zipfile.ZipFile(os.path.join(wheel_directory, wheel), "w",
                         zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            about = zipfile.ZipInfo(name)  # of 1980: equal bytes, equal wheel
            about.external_attr = 0o644 << 16
            archive.writestr(about, content, zipfile.ZIP_DEFLATED)
    return wheel


if __name__ == "__main__":
    import sys
    print(os.path.join(sys.argv[1], build_wheel(sys.argv[1])))
