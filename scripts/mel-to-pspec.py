#!/usr/bin/python3
"""mel-to-pspec.py - a net that sees power bins, made of one that sees mel bands.

    mel-to-pspec.py OUT.safetensors MEL.safetensors PSPEC.safetensors

OUT is PSPEC's net, with its statistics of features, and MEL's weights: the same
layers behind the first, whose kernel is spread over the bins. A band's log power
is taken for the mean of its bins' log powers by the band's weights; what that
neglects, training goes on to mend (se-train --init). A net of this size learns
twice as fast from bands as from bins."""
import array
import math
import os
import sys

sys.dont_write_bytecode = True
import checkpoint

BINS = 257
FIRST = ("layers.0.conv1d.kernel", "layers.0.fc.kernel")
# A feature that never varies, as bin 0, has an inverse deviation of 2^15.
CONSTANT = 2.0 ** 14


def edge(number, bands):
    """Bin of an edge, as in lib/dsp/mel.c."""
    top = 2595.0 * math.log10(1.0 + 8000.0 / 700.0)
    hz = 700.0 * (10.0 ** (top * number / (bands + 1) / 2595.0) - 1.0)
    return math.floor(513 * hz / 16000)


def shares(band, bands):
    """Of a band's bins in it: pairs of bin and share, which add up to 1."""
    left, centre, right = (edge(band + i, bands) for i in range(3))
    weights = {k: ((k - left) / (centre - left) if k < centre
                   else (right - k) / (right - centre))
               for k in range(left, right)}
    return {k: weight / sum(weights.values())
            for k, weight in weights.items() if weight > 0.0}


def spread(kernel, mel_scale, bin_scale, outputs):
    """A kernel of bands, [taps bands, outputs], as one of bins."""
    bands = len(mel_scale)
    taps = len(kernel) // (bands * outputs)
    result = array.array("f", bytes(4 * taps * BINS * outputs))
    for tap in range(taps):
        for band in range(bands):
            if mel_scale[band] > CONSTANT:
                continue
            row = (tap * bands + band) * outputs
            for k, share in shares(band, bands).items():
                if bin_scale[k] > CONSTANT:
                    continue
                gain = share * mel_scale[band] / bin_scale[k]
                to = (tap * BINS + k) * outputs
                for i in range(outputs):
                    result[to + i] += gain * kernel[row + i]
    return result


def check(mel, mel_path, pspec, pspec_path):
    for header, path, kind in ((mel, mel_path, "mel"),
                               (pspec, pspec_path, "pspec")):
        found = header["__metadata__"].get("feat_type")
        if found != kind:
            sys.exit(f"mel-to-pspec.py: {path}: a net of {found} features, "
                     f"expected {kind}")
    for name in checkpoint.layout(pspec):
        if name.startswith("feature."):
            continue
        # Of the first kernel, the number of inputs alone may differ.
        dims = slice(1, None) if name in FIRST else slice(None)
        shape = mel.get(name, {"shape": []})["shape"]
        if shape[dims] != pspec[name]["shape"][dims]:
            sys.exit(f"mel-to-pspec.py: {mel_path}: {name}: another shape than "
                     f"in {pspec_path}")


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    out, mel_path, pspec_path = sys.argv[1:]
    mel, mel_data = checkpoint.read(mel_path)
    pspec, pspec_data = checkpoint.read(pspec_path)
    check(mel, mel_path, pspec, pspec_path)
    for name, place in checkpoint.layout(pspec).items():
        if name.startswith("feature."):
            continue
        begin, end = (at // 4 for at in place["data_offsets"])
        weights = checkpoint.values(mel, mel_data, name)
        if name in FIRST:
            weights = spread(
                weights, checkpoint.values(mel, mel_data, "feature.inv_std"),
                checkpoint.values(pspec, pspec_data, "feature.inv_std"),
                place["shape"][1])
        pspec_data[begin:end] = weights
    pspec["__metadata__"]["epoch"] = mel["__metadata__"]["epoch"]
    pspec["__metadata__"]["command"] = " ".join(
        [mel["__metadata__"].get("command", ""), "; mel-to-pspec.py"] +
        [os.path.basename(path) for path in (out, mel_path, pspec_path)])
    checkpoint.write(out, pspec, pspec_data)


main()
