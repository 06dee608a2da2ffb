"""Nets and model folders."""

import json
import os

import numpy

from ._library import Error, FileError, FormatError, c_path, check, ffi, lib


class Net:
    """A trained net: a checkpoint of se-train, or a model folder; without a
    path the one that is built into the library.

    >>> Net().n_features
    72

    epoch: of a folder "best", "latest" or a number. Of a net from a file there
    are

    path        the checkpoint
    metadata    a dict of str: "nn_arch", "feat_type", "epoch", "command" ...
    weights     a dict of float32 arrays, named as in models/README.md; they are
                for reading
    history     a list with a dict for each epoch, from history.jsonl beside it

    A copy of it, or what another process unpickles, is read from path anew.
    """

    def __init__(self, path=None, epoch="best"):
        self._net = ffi.NULL
        self.path = None
        self.metadata = {}
        self.weights = {}
        self.history = []
        if path is not None:
            self._open(os.fsdecode(path), epoch)
        n_features = lib.nnse_net_features(self._net)
        check(min(n_features, lib.NNSE_OK))
        self.n_features = n_features

    def _open(self, path, epoch):
        if os.path.isdir(path):
            path = _checkpoint(path, epoch)
        c_path(path)
        try:
            with open(path, "rb") as file:
                content = file.read()
        except OSError as error:
            raise FileError(f"{path}: cannot read: {error.strerror}") from None
        net = ffi.new("struct nnse_net **")
        status = lib.nnse_net_memory(net, content, len(content))
        try:
            check(status)
        except Error as error:
            reason = str(error).replace("net in memory", path, 1)
            raise type(error)(reason) from None
        self._net = ffi.gc(net[0], lib.nnse_net_free)
        self.path = path
        self.metadata, self.weights = _contents(content)
        self.history = _history(os.path.dirname(path))

    def __reduce__(self):
        return Net, (self.path,)

    def __repr__(self):
        return f"nnse.Net({self.path!r})" if self.path else "nnse.Net()"


def pointer(net):
    """What C takes for a Net or, for the built-in one, None."""
    if net is None:
        return ffi.NULL
    if not isinstance(net, Net):
        raise TypeError(f"net is of type {type(net).__name__}, expected "
                        "nnse.Net or None")
    return net._net


def _checkpoint(folder, epoch):
    path = ffi.new("char[]", 4096)
    check(lib.nnse_python_checkpoint(path, len(path), c_path(folder),
                                     str(epoch).encode()),
          lib.nnse_python_error)
    return os.fsdecode(ffi.string(path))


def _contents(content):
    """Metadata and arrays of a safetensors file that has been checked."""
    start = 8 + int.from_bytes(content[:8], "little")
    header = json.loads(content[8:start])
    metadata = header.pop("__metadata__")
    arrays = {}
    for name, about in header.items():
        first, last = about["data_offsets"]
        array = numpy.frombuffer(content, "<f4", (last - first) // 4,
                                 start + first)
        arrays[name] = array.reshape(about["shape"])
    return metadata, arrays


def _history(folder):
    """The last line of each epoch counts; one that broke off does not."""
    epochs = {}
    try:
        with open(os.path.join(folder, "history.jsonl"),
                  encoding="utf-8") as file:
            for line in file:
                if line.endswith("\n"):
                    about = json.loads(line)
                    epochs[about["epoch"]] = about
    except FileNotFoundError:
        pass
    except (ValueError, TypeError, KeyError) as error:
        raise FormatError(f"{folder}/history.jsonl: {error}") from None
    return [epochs[epoch] for epoch in sorted(epochs)]
