"""Sound in, sound out: streams, whole arrays, files."""

import math
import threading
from typing import NamedTuple

import numpy

from ._library import c_path, check, ffi, lib
from ._net import pointer

RATE_HZ = 16000
MAX_CHANNELS = 64
_ENGINES = {"float": lib.NNSE_ENGINE_FLOAT, "fixed": lib.NNSE_ENGINE_INTEGER}


def _engine(name):
    if not isinstance(name, str) or name not in _ENGINES:
        raise ValueError(f"engine is {name!r}, expected 'float' or 'fixed'")
    return _ENGINES[name]


def _whole(value, what):
    is_real = isinstance(value, (float, numpy.floating))
    is_whole = isinstance(value, (int, numpy.integer)) or (
        is_real and float(value).is_integer())
    if is_whole and abs(value) < 2**31:
        return int(value)
    raise TypeError(f"{what} is {value!r}, expected a whole number")


def _limit(value):
    try:
        limit = float(value)
    except (TypeError, ValueError):
        raise TypeError(f"limit_db is {value!r}, expected a number") from None
    if not limit >= 0.0:
        raise ValueError(f"limit_db is {limit:g}, expected 0 or more")
    return limit


def _config(rate, channels, engine, separate_channels, limit_db):
    config = ffi.new("struct nnse_config *")
    lib.nnse_defaults(config)
    config.rate_hz = _whole(rate, "rate")
    config.channels = _whole(channels, "channels")
    config.engine = _engine(engine)
    config.separate_channels = bool(separate_channels)
    config.limit_db = _limit(limit_db)
    return config


def _sound(x):
    """x as C reads it: float32 or int16, row by row."""
    if not isinstance(x, numpy.ndarray):
        raise TypeError(f"sound is of type {type(x).__name__}, expected a "
                        "numpy array")
    if x.dtype not in (numpy.float32, numpy.float64, numpy.int16):
        raise TypeError(f"sound is of type {x.dtype}, expected float32, "
                        "float64 or int16")
    if x.ndim not in (1, 2):
        raise ValueError(f"sound has {x.ndim} dimensions, expected [samples] "
                         "or [samples, channels]")
    kind = numpy.int16 if x.dtype == numpy.int16 else numpy.float32
    with numpy.errstate(over="ignore"):
        return numpy.ascontiguousarray(x, kind)


def _channels(sound):
    return sound.shape[1] if sound.ndim == 2 else 1


class Stream:
    """Sound as it comes, in blocks of any length.

    >>> stream = Stream(rate=48000, channels=2, limit_db=24)
    >>> block = numpy.zeros((480, 2), numpy.float32)
    >>> stream.process(block).shape
    (480, 2)

    rate               of the sound, 8000 to 192000 Hz
    channels           1 to 64
    net                a Net; None: the one that is built in
    engine             "float", or "fixed": 8-bit weights as on a board
    limit_db           noise is lowered by this at most
    separate_channels  a mask for each channel, not one for all

    A stream may be used by several threads, which then wait for one another;
    other threads of Python go on meanwhile. Its memory is given back by close,
    at the end of a with block, or when nobody holds it any more.
    """

    def __init__(self, rate=RATE_HZ, channels=1, *, net=None, engine="float",
                 limit_db=math.inf, separate_channels=False):
        config = _config(rate, channels, engine, separate_channels, limit_db)
        stream = ffi.new("struct nnse **")
        check(lib.nnse_create(stream, pointer(net), config))
        self._stream = ffi.gc(stream[0], lib.nnse_destroy)
        self._net = net
        self._lock = threading.Lock()
        self._limit_db = config.limit_db
        self.rate = config.rate_hz
        self.channels = config.channels

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    def __reduce__(self):
        raise TypeError("a stream cannot be copied or pickled")

    def close(self):
        """Gives its memory back; it cannot be used any more. Twice is fine."""
        with self._lock:
            stream, self._stream = self._stream, None
            if stream is not None:
                ffi.release(stream)

    def _open(self):
        """What C takes, under the lock."""
        if self._stream is None:
            raise ValueError("the stream is closed")
        return self._stream

    @property
    def delay(self):
        """From input to output, in samples."""
        with self._lock:
            return lib.nnse_delay(self._open())

    @property
    def speech_probability(self):
        """How probable it is that somebody speaks, 0 to 1, in the newest frame
        that went in."""
        with self._lock:
            return lib.nnse_speech_probability(self._open())

    @property
    def limit_db(self):
        """Noise is lowered by this at most; it may be changed at any time."""
        return self._limit_db

    @limit_db.setter
    def limit_db(self, value):
        limit = _limit(value)
        with self._lock:
            lib.nnse_limit(self._open(), limit)
            self._limit_db = limit

    def process(self, block):
        """Takes samples and gives as many, of the same type and shape: those
        that went in `delay` samples ago, enhanced."""
        sound = _sound(block)
        channels = _channels(sound)
        if channels != self.channels:
            raise ValueError(f"the block has {channels} channels, the stream "
                             f"{self.channels}")
        out = numpy.empty_like(sound)
        if sound.dtype == numpy.int16:
            kind, process = "int16_t[]", lib.nnse_process_int16
        else:
            kind, process = "float[]", lib.nnse_process
        with self._lock:
            process(self._open(), ffi.from_buffer(kind, out),
                    ffi.from_buffer(kind, sound), len(sound))
        return out.astype(block.dtype, copy=False)

    def reset(self):
        """Forgets all sound."""
        with self._lock:
            lib.nnse_reset(self._open())


def enhance(sound, rate, *, net=None, engine="float", limit_db=math.inf,
            separate_channels=False):
    """A whole recording, enhanced: of the same type and shape, aligned to the
    sample. Arguments are as those of Stream.

    >>> rng = numpy.random.default_rng(1)
    >>> noise = rng.normal(0, 0.05, (44100, 2))
    >>> quiet = enhance(noise, 44100, limit_db=20)
    >>> bool(abs(quiet[22050:]).mean() < 0.3 * abs(noise).mean())
    True
    """
    checked = _sound(sound)
    channels = _channels(checked)
    if not 1 <= channels <= MAX_CHANNELS:
        raise ValueError(f"sound has {channels} channels, expected 1 to "
                         f"{MAX_CHANNELS} in [samples, channels]")
    stream = Stream(rate, channels, net=net, engine=engine, limit_db=limit_db,
                    separate_channels=separate_channels)
    silence = numpy.zeros((stream.delay,) + sound.shape[1:], sound.dtype)
    out = stream.process(numpy.concatenate((sound, silence)))
    return out[stream.delay:]


def enhance_file(noisy, clean, *, net=None, engine="float", limit_db=math.inf,
                 separate_channels=False):
    """Enhances a sound file into another one, as se-enhance does: same length,
    rate, channels, sample format and tags."""
    config = _config(RATE_HZ, 1, engine, separate_channels, limit_db)
    check(lib.nnse_file(pointer(net), config, c_path(noisy), c_path(clean)))


class Analysis(NamedTuple):
    """What the net sees and says: float32 [frames, features], [frames, 257]."""
    features: numpy.ndarray
    mask: numpy.ndarray


def analyse(sound, *, net=None, engine="float"):
    """Features and mask of each frame of 10 ms of sound at 16 kHz, one channel.

    >>> features, mask = analyse(numpy.zeros(16000, numpy.float32))
    >>> features.shape, mask.shape
    ((100, 72), (100, 257))

    Frame i is the window over the 480 samples that end with sample 160 i + 160;
    samples that do not fill the last hop are left out.
    """
    samples = _sound(sound)
    if samples.ndim != 1:
        raise ValueError(f"sound has {samples.ndim} dimensions, expected "
                         "[samples], one channel at 16 kHz")
    if samples.dtype == numpy.int16:
        samples = samples.astype(numpy.float32) / numpy.float32(32768)
    frames = len(samples) // lib.NNSE_HOP
    net_pointer = pointer(net)
    n_features = lib.nnse_net_features(net_pointer)
    check(min(n_features, lib.NNSE_OK))
    features = numpy.empty((frames, n_features), numpy.float32)
    mask = numpy.empty((frames, lib.NNSE_BINS), numpy.float32)
    check(lib.nnse_analyse(net_pointer, _engine(engine),
                           ffi.from_buffer("float[]", features),
                           ffi.from_buffer("float[]", mask),
                           ffi.from_buffer("float[]", samples), frames))
    return Analysis(features, mask)
