"""Runs a net's ONNX graphs, as tests/cli/onnx.sh asks for them, and compares
with the float engine of libnnse.

    onnx_masks.py LIBNNSE.SO CHECKPOINT SOUND.RAW NET.ONNX NET_SOUND.ONNX

python3-onnx checks the graphs; their operators are here in numpy, as the
standard defines them. What a runtime should come to is written beside the
graphs: NET.onnx.json."""

import ctypes
import json
import re
import struct
import sys

import numpy
import onnx
import onnx.numpy_helper

FRAMES = 500


# ---- the operators -----------------------------------------------------------

def sigmoid(x):
    return 1 / (1 + numpy.exp(-x))


def conv(x, weights, bias):
    """[1, channels, time]"""
    width = weights.shape[2]
    windows = numpy.lib.stride_tricks.sliding_window_view(x[0], width, axis=1)
    return (numpy.einsum("itk,oik->ot", windows, weights)
            + bias[:, None])[None]


def lstm(x, weights, recurrent, bias, _, h, c, hidden_size):
    """[time, batch, inputs]; gates i, o, f, c."""
    size = hidden_size
    h, c = h[0], c[0]
    both = bias[0, :4 * size] + bias[0, 4 * size:]
    y = []
    for frame in x:
        sums = frame @ weights[0].T + h @ recurrent[0].T + both
        i, o, f, g = numpy.split(sums, 4, axis=1)
        c = sigmoid(f) * c + sigmoid(i) * numpy.tanh(g)
        h = sigmoid(o) * numpy.tanh(c)
        y.append(h)
    return numpy.array(y)[:, None], h[None], c[None]


def take(x, first, last, axes):
    index = [slice(None)] * x.ndim
    for axis, a, b in zip(axes, first, last):
        index[axis] = slice(int(a), int(min(b, 2**31)))
    return x[tuple(index)]


def split(x, sizes, axis):
    return tuple(numpy.split(x, numpy.cumsum(sizes)[:-1], axis))


OPERATORS = {
    "Add": numpy.add, "Sub": numpy.subtract, "Mul": numpy.multiply,
    "Div": numpy.divide, "Max": numpy.maximum, "MatMul": numpy.matmul,
    "Tanh": numpy.tanh, "Log": numpy.log, "Floor": numpy.floor,
    "Sigmoid": sigmoid, "Identity": lambda x: x, "Clip": numpy.clip,
    "Conv": conv, "LSTM": lstm, "Slice": take, "Split": split,
    "Concat": lambda *x, axis: numpy.concatenate(x, axis),
    "Transpose": lambda x, perm: x.transpose(perm),
    "Squeeze": lambda x, axes: numpy.squeeze(x, tuple(axes)),
    "Unsqueeze": lambda x, axes: numpy.expand_dims(x, tuple(axes)),
}


class Graph:
    def __init__(self, path):
        model = onnx.load(path)
        onnx.checker.check_model(model, full_check=True)
        self.graph = model.graph
        self.constants = {array.name: onnx.numpy_helper.to_array(array)
                          for array in self.graph.initializer}

    def first_states(self):
        return {value.name: numpy.zeros(
            [size.dim_value for size in value.type.tensor_type.shape.dim],
            numpy.float32)
            for value in self.graph.input[1:]}

    def run(self, values):
        values = {"": None, **self.constants, **values}
        for node in self.graph.node:
            options = {a.name: onnx.helper.get_attribute_value(a)
                       for a in node.attribute}
            found = OPERATORS[node.op_type](
                *[values[name] for name in node.input], **options)
            found = found if isinstance(found, tuple) else (found,)
            values.update(zip(node.output, found))
        for value in self.graph.output:
            shape = [size.dim_value for size in
                     value.type.tensor_type.shape.dim]
            assert values[value.name].dtype == numpy.float32, value.name
            assert all(n in (0, m) for n, m in
                       zip(shape, values[value.name].shape)), value.name
        return values

    def run_in_blocks(self, x, size, outputs):
        """With the states carried from one block to the next."""
        states = self.first_states()
        found = []
        for first in range(0, len(x), size):
            values = self.run({self.graph.input[0].name: x[first:first + size],
                               **states})
            found.append([values[name] for name in outputs])
            states = {name: values[f"{name}.next"] for name in states}
        return [numpy.concatenate(parts) for parts in zip(*found)]


# ---- the engine --------------------------------------------------------------

def analyse(library, checkpoint, sound):
    """Features and masks of our float engine."""
    lib = ctypes.CDLL(library)
    lib.nnse_error.restype = ctypes.c_char_p
    net = ctypes.c_void_p()
    assert lib.nnse_net_file(ctypes.byref(net), checkpoint.encode()) == 0, \
        lib.nnse_error()
    features = numpy.empty((FRAMES, lib.nnse_net_features(net)), numpy.float32)
    mask = numpy.empty((FRAMES, 257), numpy.float32)
    pointer = ctypes.POINTER(ctypes.c_float)
    assert lib.nnse_analyse(
        net, 0, features.ctypes.data_as(pointer), mask.ctypes.data_as(pointer),
        sound.ctypes.data_as(pointer), ctypes.c_size_t(FRAMES)) == 0
    return features, mask


def lookahead(checkpoint):
    with open(checkpoint, "rb") as file:
        size, = struct.unpack("<Q", file.read(8))
        nn_arch = json.loads(file.read(size))["__metadata__"]["nn_arch"]
    return int(re.search(r"^len_lookahead (\d+)$", nn_arch, re.M).group(1))


def same_frames(found, expected, late):
    """What comes `late` frames late, and what it is compared with."""
    return found[late:], expected[:len(expected) - late]


def masked(sound, mask):
    """What the mask leaves of the sound, 320 samples late."""
    window = numpy.sqrt(2 / 3) * numpy.sin(numpy.pi * numpy.arange(480) / 480)
    padded = numpy.concatenate((numpy.zeros(320), sound))
    out = numpy.zeros(len(padded))
    for t in range(FRAMES):
        place = slice(160 * t, 160 * t + 480)
        spectrum = numpy.fft.rfft(padded[place] * window, 512) * mask[t]
        out[place] += numpy.fft.irfft(spectrum)[:480] * window
    return out[:-320]


def close(found, expected, tolerance, what):
    difference = abs(found - expected).max()
    print(f"{what}: {difference:.2e}")
    assert difference < tolerance, what


def main():
    library, checkpoint, sound, net, whole = sys.argv[1:]
    sound = numpy.fromfile(sound, "<i2")[:160 * FRAMES] / numpy.float32(32768)
    sound = sound.astype(numpy.float32)
    hops = sound.reshape(FRAMES, 160)
    late = lookahead(checkpoint)
    features, mask = analyse(library, checkpoint, sound)
    assert mask.std() > 0.01

    graph = Graph(net)
    for size in 1, FRAMES:
        found, = graph.run_in_blocks(features, size, ["mask"])
        close(*same_frames(found, mask, late), 1e-5,
              f"mask in blocks of {size}")

    # A logarithm rounded otherwise may be another step of the features' grid:
    # 2^-8.
    graph = Graph(whole)
    for size in 1, FRAMES:
        seen, found, enhanced = graph.run_in_blocks(
            hops, size, ["features", "mask", "enhanced"])
        close(seen, features, 1.1 / 256, f"features in blocks of {size}")
        assert (seen != features).mean() < 0.001
        close(*same_frames(found, mask, late), 0.01, "mask")
        close(*same_frames(enhanced.reshape(-1), masked(sound, mask),
                           160 * late), 1e-3, "sound")

    for path in net, whole:
        with open(f"{path}.shapes", "w", encoding="utf-8") as file:
            json.dump({name: state.shape for name, state in
                       Graph(path).first_states().items()}, file)
    with open(f"{net}.json", "w", encoding="utf-8") as file:
        json.dump({"features": features.tolist(), "mask": mask.tolist(),
                   "sound": hops.tolist(), "enhanced": enhanced.tolist()},
                  file)


if __name__ == "__main__":
    main()
