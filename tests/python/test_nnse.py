"""The Python package, installed, by pytest; tests/cli/python.sh prepares
noisy.wav, fixed.wav (of se-enhance --engine fixed), set/ (of se-features, as
spectra), pcm/ (the same as samples) and models/."""

import ast
import copy
import glob
import inspect
import os
import pickle
import subprocess
import sys
import threading
import time
import wave

import numpy
import pytest

import nnse

CHECKPOINT = glob.glob("models/se_nn_arch72_mel/*.safetensors")[0]


def read(path):
    with wave.open(path) as file:
        return numpy.frombuffer(file.readframes(file.getnframes()), "<i2")


@pytest.fixture
def noisy():
    return read("noisy.wav")


@pytest.fixture
def noise():
    return numpy.random.default_rng(1).normal(0, 0.1, (9600, 2))


# ---- sound -------------------------------------------------------------------

def test_fixed_is_the_boards_bits(noisy):
    expected = read("fixed.wav")
    assert numpy.array_equal(nnse.enhance(noisy, 16000, engine="fixed"),
                             expected)


def test_file_is_array(noisy):
    nnse.enhance_file("noisy.wav", "clean.wav")
    clean = read("clean.wav")
    assert abs(clean - nnse.enhance(noisy, 16000).astype(float)).max() <= 1
    os.remove("clean.wav")


@pytest.mark.parametrize("kind", ["float32", "float64", "int16"])
@pytest.mark.parametrize("shape", [(0,), (1,), (4801,), (4801, 1), (4801, 3),
                                   (0, 2)])
def test_same_type_and_shape(kind, shape):
    sound = (numpy.random.default_rng(2).normal(0, 1000, shape)
             / (1 if kind == "int16" else 32768)).astype(kind)
    out = nnse.enhance(sound, 44100, limit_db=20)
    assert out.dtype == kind and out.shape == shape


@pytest.mark.parametrize("rate", [8000, 16000, 44100, 48000])
def test_blocks_do_not_matter(noise, rate):
    whole = nnse.Stream(rate, 2).process(noise)
    stream = nnse.Stream(rate, 2)
    blocks = [stream.process(noise[i:i + 333])
              for i in range(0, len(noise), 333)]
    assert numpy.array_equal(numpy.concatenate(blocks), whole)
    stream.reset()
    assert numpy.array_equal(stream.process(noise), whole)


def test_limit_0_is_a_delay(noise):
    noise = noise.astype(numpy.float32)
    assert numpy.array_equal(nnse.enhance(noise, 48000, limit_db=0), noise)
    stream = nnse.Stream(16000, 2)
    stream.limit_db = 0
    assert stream.limit_db == 0
    assert numpy.array_equal(stream.process(noise)[stream.delay:],
                             noise[:-stream.delay])


def test_speech_probability(noisy, noise):
    stream = nnse.Stream()
    found = []
    for i in range(0, len(noisy), 160):
        stream.process(noisy[i:i + 160])
        found.append(stream.speech_probability)
    assert min(found) >= 0 and 0.9 < max(found) <= 1
    stream.reset()
    stream.process(noise[:, 0])
    assert stream.speech_probability < 0.5


def test_separate_channels(noise):
    alone = nnse.enhance(noise[:, 0], 16000)
    each = nnse.enhance(noise, 16000, separate_channels=True)
    linked = nnse.enhance(noise, 16000)
    assert numpy.array_equal(each[:, 0], alone)
    assert not numpy.array_equal(linked[:, 0], alone)


def test_strides_do_not_matter(noise):
    columns = numpy.asfortranarray(noise)
    assert numpy.array_equal(nnse.enhance(columns, 16000),
                             nnse.enhance(noise, 16000))
    assert numpy.array_equal(nnse.enhance(noise[::-1, 0], 16000),
                             nnse.enhance(noise[::-1, 0].copy(), 16000))


def test_what_is_no_number_is_silence(noise):
    broken = noise.copy()
    broken[100:200] = numpy.nan
    broken[300] = -numpy.inf
    broken[400] = 1e300
    silent = noise.copy()
    silent[100:200] = silent[300] = silent[400] = 0
    assert numpy.array_equal(nnse.enhance(broken, 48000),
                             nnse.enhance(silent, 48000))


def test_threads_wait_for_one_another(noise):
    stream = nnse.Stream(16000, 2)
    out = []
    threads = [threading.Thread(
        target=lambda: out.append(stream.process(noise))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expected = nnse.Stream(16000, 2).process(numpy.tile(noise, (8, 1)))
    found = {block.tobytes() for block in out}
    assert found == {block.tobytes() for block in numpy.split(expected, 8)}


def test_others_go_on_meanwhile(noise):
    """The library runs without the lock of Python's interpreter."""
    stream = nnse.Stream(16000, 2)
    worker = threading.Thread(
        target=stream.process, args=(numpy.tile(noise, (100, 1)),))
    interval = sys.getswitchinterval()
    # What holds the lock would now hold it for good.
    sys.setswitchinterval(1000)
    try:
        worker.start()
        n = 0
        while worker.is_alive():
            n += 1
            time.sleep(0.001)
    finally:
        sys.setswitchinterval(interval)
    assert n > 5


def test_input_may_be_read_only(noise):
    noise.flags.writeable = False
    before = noise.copy()
    nnse.enhance(noise, 48000)
    nnse.analyse(noise[:, 0])
    frozen = numpy.frombuffer(b"\1\0" * 480, numpy.int16)
    assert nnse.enhance(frozen, 16000).flags.writeable
    assert numpy.array_equal(noise, before)


def test_rates_of_any_type(noise):
    whole = nnse.enhance(noise, 44100)
    for rate in 44100.0, numpy.float64(44100), numpy.int32(44100):
        assert numpy.array_equal(nnse.enhance(noise, rate), whole)
    assert nnse.Stream(numpy.float32(16000)).rate == 16000


def test_a_process_that_forks(noise):
    """Parent and child go on with a stream of their own each."""
    stream = nnse.Stream(16000, 2)
    stream.process(noise)
    child = os.fork()
    found = stream.process(noise)
    if child == 0:
        # No test in here: pytest must not run twice.
        found.tofile(f"child.{os.getpid()}")
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert numpy.array_equal(
        numpy.fromfile(f"child.{child}").reshape(found.shape), found)
    os.remove(f"child.{child}")


def test_closed(noise):
    with nnse.Stream(16000, 2) as stream:
        stream.process(noise)
    stream.close()
    for use in (lambda: stream.process(noise), lambda: stream.delay,
                lambda: stream.speech_probability, stream.reset,
                lambda: setattr(stream, "limit_db", 3)):
        with pytest.raises(ValueError, match="the stream is closed"):
            use()
    assert stream.limit_db == float("inf") and "Stream" in repr(stream)


def test_copies_of_a_net():
    for make in (copy.copy, copy.deepcopy,
                 lambda net: pickle.loads(pickle.dumps(net))):
        net = make(nnse.Net(CHECKPOINT))
        assert net.path == CHECKPOINT and net.weights and net.n_features == 72
        assert make(nnse.Net()).path is None


def test_no_copies():
    for make in copy.copy, copy.deepcopy, pickle.dumps:
        with pytest.raises(TypeError, match="cannot be copied or pickled"):
            make(nnse.Stream())


# ---- nets and features -------------------------------------------------------

def test_net_from_folder_and_file():
    folder = nnse.Net("models/se_nn_arch72_mel")
    file = nnse.Net(CHECKPOINT)
    assert folder.path == file.path == CHECKPOINT
    assert folder.n_features == 72
    assert sum(array.size for name, array in folder.weights.items()
               if name.startswith("layers.")) == 102209
    assert folder.weights["feature.mean"].shape == (72,)
    assert folder.metadata["feat_type"] == "mel"
    assert "layer_type lstm" in folder.metadata["nn_arch"]
    assert [about["epoch"] for about in folder.history][:3] == [1, 2, 3]


def test_net_takes_bytes_and_paths_for_names():
    name = os.fsencode(CHECKPOINT)
    assert nnse.Net(name).path == CHECKPOINT


def test_another_net(noisy):
    net = nnse.Net(CHECKPOINT)
    assert numpy.array_equal(nnse.enhance(noisy, 16000, net=net),
                             nnse.enhance(noisy, 16000))
    other = nnse.Net("models/se_nn_arch256_pspec_mse")
    assert other.n_features == 257
    assert not numpy.array_equal(nnse.enhance(noisy, 16000, net=other),
                                 nnse.enhance(noisy, 16000))


def spectra_of(sound):
    """Powers of frames, as lib/dsp/stft.h defines them."""
    padded = numpy.concatenate((numpy.zeros(320), sound))
    window = numpy.sqrt(2 / 3) * numpy.sin(numpy.pi * numpy.arange(480) / 480)
    frames = numpy.lib.stride_tricks.sliding_window_view(padded, 480)[::160]
    return abs(numpy.fft.rfft(frames * window, 512)) ** 2


def test_features_and_records():
    """Of the spectra in a record and of its samples come the same features."""
    net = nnse.Net("models/se_nn_arch256_pspec_mse")
    spectra = list(nnse.read_records(glob.glob("set/*.tfrecord")[0]))
    samples = list(nnse.read_records(glob.glob("pcm/*.tfrecord")[0]))
    assert len(spectra) == len(samples) > 1
    noisy = numpy.concatenate([record.noisy for record in samples])
    power = numpy.concatenate([record.noisy for record in spectra])
    assert noisy.dtype == numpy.int16 and len(noisy) == 160 * len(power)
    expected = spectra_of(noisy / 32768)
    assert numpy.allclose(power, expected, rtol=1e-3, atol=1e-3)

    features, mask = nnse.analyse(noisy, net=net)
    assert features.shape == mask.shape == power.shape
    assert mask.min() >= 0 and 0.5 < mask.max() <= 1
    # But for the DC filter, which gives these bins 3.6 % more power.
    logs = numpy.log10(numpy.maximum(expected, 2.0 ** -15))
    x = (logs - net.weights["feature.mean"]) * net.weights["feature.inv_std"]
    assert abs(features - x)[:, 100:].max() < 0.03

    fixed = nnse.analyse(noisy, net=net, engine="fixed")
    assert abs(fixed.mask - mask).mean() < 0.01
    assert not numpy.array_equal(fixed.mask, mask)


def test_records_outlive_their_file():
    path = glob.glob("set/*.tfrecord")[0]
    records = nnse.read_records(path)
    first = next(records)
    kept = first.noisy.copy()
    for _ in records:
        pass
    assert numpy.array_equal(first.noisy, kept)


# ---- bad input ---------------------------------------------------------------

@pytest.mark.parametrize("sound, error", [
    ([0.0, 1.0], TypeError), (None, TypeError), ("noisy.wav", TypeError),
    (b"\0" * 320, TypeError),
    (numpy.zeros(160, numpy.int32), TypeError),
    (numpy.zeros(160, complex), TypeError),
    (numpy.zeros(160, object), TypeError),
    (numpy.zeros(160, ">f4"), TypeError),
    (numpy.zeros((2, 2, 2)), ValueError), (numpy.zeros(()), ValueError),
    (numpy.zeros((160, 65)), ValueError), (numpy.zeros((160, 0)), ValueError),
])
def test_wrong_sound(sound, error):
    with pytest.raises(error, match="sound|channels"):
        nnse.enhance(sound, 16000)


def test_channels_first():
    with pytest.raises(ValueError, match="^sound has 160 channels, expected 1 "
                                         r"to 64 in \[samples, channels\]"):
        nnse.enhance(numpy.zeros((2, 160)), 16000)


@pytest.mark.parametrize("options, error, says", [
    ({"rate": 7999}, ValueError, "^rate is 7999, expected 8000 to 192000"),
    ({"rate": 10**12}, TypeError, "rate is 1000000000000"),
    ({"rate": 16000.5}, TypeError, "rate is 16000.5"),
    ({"rate": float("nan")}, TypeError, "rate is nan"),
    ({"rate": float("inf")}, TypeError, "rate is inf"),
    ({"rate": "16000"}, TypeError, "rate is '16000'"),
    ({"channels": 0}, ValueError, "^channels is 0, expected 1 to 64"),
    ({"channels": 65}, ValueError, "channels is 65"),
    ({"channels": None}, TypeError, "channels is None"),
    ({"engine": "double"}, ValueError, "expected 'float' or 'fixed'"),
    ({"engine": []}, ValueError, "engine is"),
    ({"limit_db": -1}, ValueError, "expected 0 or more"),
    ({"limit_db": float("nan")}, ValueError, "limit_db is nan"),
    ({"limit_db": "loud"}, TypeError, "limit_db is 'loud'"),
    ({"net": "models"}, TypeError, "expected nnse.Net"),
])
def test_wrong_options(options, error, says):
    with pytest.raises(error, match=says):
        nnse.Stream(**options)


def test_wrong_block():
    stream = nnse.Stream(channels=2)
    for block in numpy.zeros(160), numpy.zeros((160, 3)), numpy.zeros((2, 160)):
        with pytest.raises(ValueError, match="channels, the stream 2"):
            stream.process(block)
    with pytest.raises(ValueError, match="0 or more"):
        stream.limit_db = -3
    assert stream.limit_db == float("inf")


def test_wrong_analysis():
    with pytest.raises(ValueError, match="one channel at 16 kHz"):
        nnse.analyse(numpy.zeros((160, 2)))
    assert nnse.analyse(numpy.zeros(159)).mask.shape == (0, 257)


def test_wrong_files(tmp_path):
    with pytest.raises(OSError, match="none.wav"):
        nnse.enhance_file("none.wav", "clean.wav")
    with pytest.raises(nnse.FileError, match="^none.safetensors: .*No such"):
        nnse.Net("none.safetensors")
    with pytest.raises(nnse.FormatError, match="noisy.wav: "):
        nnse.Net("noisy.wav")
    with pytest.raises(nnse.Error, match="epoch"):
        nnse.Net("models/se_nn_arch72_mel", epoch=9999)
    with pytest.raises(ValueError, match="zero byte"):
        nnse.Net("a\0b")
    with pytest.raises(OSError, match="none.tfrecord"):
        nnse.read_records("none.tfrecord")
    with pytest.raises(nnse.FormatError, match="noisy.wav"):
        list(nnse.read_records("noisy.wav"))
    with pytest.raises(TypeError):
        nnse.Net(3.5)


def test_weight_that_is_no_number(tmp_path):
    """The file is named, as for all that is wrong with it."""
    with open(CHECKPOINT, "rb") as file:
        content = bytearray(file.read())
    content[-4:] = numpy.array([numpy.nan], "<f4").tobytes()
    damaged = tmp_path / "damaged.safetensors"
    damaged.write_bytes(content)
    with pytest.raises(nnse.NumericError, match=f"^{damaged}: .* nan "):
        nnse.Net(damaged)


def test_damaged_checkpoint_and_record(tmp_path):
    """Whatever byte is wrong, the answer is an exception or a result."""
    rng = numpy.random.default_rng(3)
    record = glob.glob("set/*.tfrecord")[0]
    for path, read_it in (CHECKPOINT, nnse.Net), (record,
                                                  lambda p: list(
                                                      nnse.read_records(p))):
        with open(path, "rb") as file:
            good = file.read()
        failed = 0
        for _ in range(30):
            bad = bytearray(good)
            bad[rng.integers(min(len(bad), 2000))] ^= 1 << rng.integers(8)
            del bad[rng.integers(len(bad) // 2, 2 * len(bad)):]
            damaged = tmp_path / "damaged"
            damaged.write_bytes(bad)
            try:
                read_it(damaged)
            except nnse.Error:
                failed += 1
        assert failed > 15


# ---- stubs -------------------------------------------------------------------

def stubs():
    path = os.path.join(os.path.dirname(nnse.__file__), "__init__.pyi")
    with open(path, encoding="utf-8") as file:
        return ast.parse(file.read()).body


def names(arguments):
    return [a.arg for a in arguments.args + arguments.kwonlyargs]


def test_stubs_are_what_is_there():
    exported = [node.value for node in stubs() if isinstance(node, ast.Assign)
                and node.targets[0].id == "__all__"]
    assert [ast.literal_eval(value) for value in exported] == [nnse.__all__]
    found = {node.name: node for node in stubs()
             if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    assert sorted(found) == sorted(nnse.__all__)
    for name in "enhance", "enhance_file", "analyse", "read_records":
        assert names(found[name].args) == list(
            inspect.signature(getattr(nnse, name)).parameters)
    for name in "Net", "Stream":
        methods = {node.name: node for node in found[name].body
                   if isinstance(node, ast.FunctionDef)}
        assert names(methods["__init__"].args)[1:] == list(
            inspect.signature(getattr(nnse, name)).parameters)
        public = {key for key in vars(getattr(nnse, name))
                  if not key.startswith("_")}
        assert public == {key for key in methods if not key.startswith("_")}


def test_import_is_clean():
    code = "import warnings; warnings.simplefilter('error'); import nnse"
    subprocess.run([sys.executable, "-c", code], check=True)
