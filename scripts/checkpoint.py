"""checkpoint.py - reads and writes checkpoints (models/README.md), for the
scripts beside it."""
import array
import json
import os
import struct
import sys


def read(path):
    """The header, a dict, and all its float32 values."""
    with open(path, "rb") as file:
        (n,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(n))
        data = array.array("f", file.read())
    if sys.byteorder == "big":
        data.byteswap()
    return header, data


def layout(header):
    """Its arrays: shapes and places by name."""
    return {name: value for name, value in header.items()
            if name != "__metadata__"}


def values(header, data, name):
    """Those of one array, row after row."""
    begin, end = (at // 4 for at in header[name]["data_offsets"])
    return data[begin:end]


def write(path, header, data):
    """Whole or not at all."""
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-(8 + len(text)) % 8)
    if sys.byteorder == "big":
        data = array.array("f", data)
        data.byteswap()
    with open(path + ".tmp", "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data.tobytes())
    os.replace(path + ".tmp", path)
