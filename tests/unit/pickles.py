"""pickles.py - pickles of NumPy arrays by Python's own library, without NumPy.

    python3 pickles.py FOLDER

Writes {'m': n values from -1 on in steps of 1/8, 's': [0.5]} as
FOLDER/<protocol>-<f4 or f8>-<n>-<core or _core>.pkl: modules and classes of
NumPy's names give the calls and states that its arrays have.
"""
import pickle
import struct
import sys
import types


def module(name):
    made = sys.modules[name] = types.ModuleType(name)
    return made


def function(place, name):
    def call(*arguments):
        raise NotImplementedError
    call.__name__ = call.__qualname__ = name
    call.__module__ = place.__name__
    setattr(place, name, call)
    return call


class dtype:
    def __init__(self, name):
        self.name = name

    def __reduce__(self):
        return (dtype, (self.name, False, True),
                (3, '<', None, None, None, -1, -1, 0))


class ndarray:
    def __init__(self, values, kind):
        self.shape, self.dtype = (len(values),), kind
        letter = {'f4': 'f', 'f8': 'd'}[kind.name]
        self.data = struct.pack('<%d%s' % (len(values), letter), *values)

    def __reduce_ex__(self, protocol):
        if protocol == 5:
            return (frombuffer, (pickle.PickleBuffer(bytearray(self.data)),
                                 self.dtype, self.shape, 'C'))
        return (reconstruct, (ndarray, (0,), b'b'),
                (1, self.shape, self.dtype, False, self.data))


numpy = module('numpy')
for kind in dtype, ndarray:
    kind.__module__ = 'numpy'
    setattr(numpy, kind.__name__, kind)

for core in 'core', '_core':
    module('numpy.' + core)
    reconstruct = function(module('numpy.%s.multiarray' % core),
                           '_reconstruct')
    frombuffer = function(module('numpy.%s.numeric' % core), '_frombuffer')
    for protocol in range(6):
        for name in 'f4', 'f8':
            for n in 1, 72, 257, 70000:
                kind = dtype(name)
                arrays = {
                    'm': ndarray([i / 8 - 1 for i in range(n)], kind),
                    's': ndarray([0.5], kind),
                }
                path = '%s/%d-%s-%d-%s.pkl' % (sys.argv[1], protocol, name, n,
                                               core)
                with open(path, 'wb') as stream:
                    pickle.dump(arrays, stream, protocol)
