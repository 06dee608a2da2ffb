"""The C library, as cffi calls it: its headers say what there is."""

import os
import re

import cffi

_here = os.path.dirname(__file__)


def _declarations(header):
    """What a header declares, without what is for the preprocessor."""
    with open(os.path.join(_here, header), encoding="utf-8") as file:
        text = file.read()
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    text = re.sub(r"#ifdef __cplusplus.*?#endif", "", text, flags=re.DOTALL)
    text = re.sub(r"^#.*$", "", text, flags=re.MULTILINE)
    return text.replace("NNSE_API", "")


ffi = cffi.FFI()
ffi.cdef(_declarations("nnse.h") + _declarations("records.h"))
lib = ffi.dlopen(os.path.join(_here, "libnnse_python.so"))


class Error(Exception):
    """What went wrong, in one line: what, where, and what was expected."""


class FormatError(Error, ValueError):
    """A file or bytes that do not hold what they should."""


class FileError(Error, OSError):
    """A file that cannot be read or written."""


class NumericError(Error, ArithmeticError):
    """A sample or a weight that is not a number."""


def check(status, reason=lib.nnse_error):
    """Raises what the status of a call says; fields of struct nnse_config, by
    the names of Python's arguments."""
    if status == lib.NNSE_OK:
        return
    text = ffi.string(reason()).decode("utf-8", "replace")
    text = re.sub(r"^config\.(\w+?)(_hz)? is ", r"\1 is ", text)
    kinds = {
        lib.NNSE_ERROR_ARGUMENT: ValueError,
        lib.NNSE_ERROR_IO: FileError,
        lib.NNSE_ERROR_FORMAT: FormatError,
        lib.NNSE_ERROR_MEMORY: MemoryError,
        lib.NNSE_ERROR_NUMERIC: NumericError,
    }
    raise kinds.get(status, Error)(text)


def version():
    return ffi.string(lib.nnse_version()).decode()


def c_path(path):
    """A file's name as C takes it."""
    path = os.fsencode(path)
    if b"\0" in path:
        raise ValueError("a file's name holds a zero byte")
    return path
