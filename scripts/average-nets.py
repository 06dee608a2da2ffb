#!/usr/bin/python3
"""average-nets.py - a net whose weights are the mean of others'.

    average-nets.py OUT.safetensors WEIGHT:CHECKPOINT WEIGHT:CHECKPOINT...

The checkpoints are of one training, or of trainings that began from one
another (--init): of the same net and the same statistics of features. WEIGHTs
are shares, as in 0.8:new 0.2:old. A net that went on with another loss or other
data, averaged with the one that it began from, often keeps what both are good
at (M. Wortsman et al., "Model soups", ICML 2022; "Robust fine-tuning of
zero-shot models", CVPR 2022). The command that the first checkpoint keeps stays,
with this one behind it."""
import array
import os
import sys

sys.dont_write_bytecode = True
import checkpoint

SAME = ("format", "version", "nn_arch", "feat_type", "n_features")


def check(path, header, data, first, first_data):
    for key in SAME:
        if header["__metadata__"].get(key) != first["__metadata__"].get(key):
            sys.exit(f"average-nets.py: {path}: its {key} is another")
    if checkpoint.layout(header) != checkpoint.layout(first):
        sys.exit(f"average-nets.py: {path}: its arrays are others")
    for name in ("feature.mean", "feature.inv_std"):
        if (checkpoint.values(header, data, name)
                != checkpoint.values(first, first_data, name)):
            sys.exit(f"average-nets.py: {path}: its {name} is another")


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    out, *parts = sys.argv[1:]
    parts = [part.split(":", 1) for part in parts]
    shares = [float(share) for share, _ in parts]
    if abs(sum(shares) - 1) > 1e-9:
        sys.exit(f"average-nets.py: the shares add up to {sum(shares):g}, "
                 "expected 1")
    nets = [checkpoint.read(path) for _, path in parts]
    first, first_data = nets[0]
    for (_, path), (header, data) in zip(parts, nets):
        check(path, header, data, first, first_data)
    mean = array.array("f", (
        values[0] if len(set(values)) == 1
        else sum(share * x for share, x in zip(shares, values))
        for values in zip(*(data for _, data in nets))))
    first["__metadata__"]["command"] = " ".join(
        [first["__metadata__"].get("command", ""), "; average-nets.py",
         os.path.basename(out)] + [":".join(part) for part in parts])
    checkpoint.write(out, first, mean)


main()
