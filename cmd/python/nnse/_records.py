"""TFRecord files of se-features."""

import os
from typing import NamedTuple

import numpy

from ._library import c_path, check, ffi, lib


class Record(NamedTuple):
    """A piece of a mixture: power spectra, float32 [frames, 257], or samples,
    int16 [frames * 160], of 16 kHz."""
    noisy: numpy.ndarray
    clean: numpy.ndarray


def read_records(path):
    """Gives the records of a file one after the other, checked.

    >>> for record in read_records("train/00000.tfrecord"):  # doctest: +SKIP
    ...     loss += train_step(record.noisy, record.clean)
    """
    found = ffi.new("struct nnse_python_reader **")
    check(lib.nnse_python_open(found, c_path(path)), lib.nnse_python_error)
    return _each(ffi.gc(found[0], lib.nnse_python_close))


def _each(reader):
    record = ffi.new("struct nnse_python_record *")
    found = ffi.new("int *")
    while True:
        check(lib.nnse_python_read(reader, record, found),
              lib.nnse_python_error)
        if not found[0]:
            return
        if record.is_pcm:
            size = record.n_frames * lib.NNSE_HOP
            yield Record(_array(record.pcm_noisy, "i2", (size,)),
                         _array(record.pcm_clean, "i2", (size,)))
        else:
            shape = record.n_frames, lib.NNSE_BINS
            yield Record(_array(record.pspec_noisy, "f4", shape),
                         _array(record.pspec_clean, "f4", shape))


def _array(values, dtype, shape):
    array = numpy.empty(shape, dtype)
    ffi.memmove(array, values, array.nbytes)
    return array
