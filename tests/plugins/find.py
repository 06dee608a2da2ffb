"""find.py RECORDED WANTED: where in the one the other begins, both raw samples
of 16 bits at 48 kHz; by the level of pieces of 10 ms, then by the samples of the
loudest."""
import array
import pathlib
import sys

PIECE = 480


def load(path):
    return array.array("h", pathlib.Path(path).read_bytes())


def levels(x):
    rows = [sum(map(abs, x[i:i + PIECE])) for i in range(0, len(x), PIECE)]
    mean = sum(rows) / len(rows)
    return [row - mean for row in rows]


def product(x, y):
    return sum(a * b for a, b in zip(x, y))


recorded, wanted = load(sys.argv[1]), load(sys.argv[2])
known, loud = levels(recorded), levels(wanted)
coarse = max(range(len(known) - len(loud) + 1),
             key=lambda i: product(known[i:], loud)) * PIECE
start = loud.index(max(loud)) * PIECE
piece = wanted[start:start + 3 * PIECE]
print(max(range(max(coarse - PIECE, 0), coarse + PIECE),
          key=lambda i: product(recorded[i + start:i + start + len(piece)], piece)))
