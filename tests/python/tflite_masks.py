"""Runs a net's TensorFlow Lite model in Arm NN, frame after frame with the state
carried, and compares with the float engine of libnnse.

    tflite_masks.py LIBNNSE.SO CHECKPOINT SOUND.RAW NET.TFLITE"""

import sys

import numpy
import pyarmnn

from onnx_masks import analyse, close, lookahead, same_frames

FRAMES = 200


class Model:
    """A model that Arm NN's reader accepts, on its reference backend."""

    def __init__(self, path):
        parser = pyarmnn.ITfLiteParser()
        network = parser.CreateNetworkFromBinaryFile(path)
        self.inputs = parser.GetSubgraphInputTensorNames(0)
        self.outputs = parser.GetSubgraphOutputTensorNames(0)
        self.into = [parser.GetNetworkInputBindingInfo(0, name)
                     for name in self.inputs]
        out = [parser.GetNetworkOutputBindingInfo(0, name)
               for name in self.outputs]
        self.runtime = pyarmnn.IRuntime(pyarmnn.CreationOptions())
        optimised, _ = pyarmnn.Optimize(
            network, [pyarmnn.BackendId("CpuRef")],
            self.runtime.GetDeviceSpec(), pyarmnn.OptimizerOptions())
        self.net, _ = self.runtime.LoadNetwork(optimised)
        self.tensors = pyarmnn.make_output_tensors(out)

    def first_states(self):
        return {name: numpy.zeros(tuple(info[1].GetShape()), numpy.float32)
                for name, info in zip(self.inputs, self.into)}

    def run(self, values):
        inputs = pyarmnn.make_input_tensors(
            self.into, [values[name] for name in self.inputs])
        self.runtime.EnqueueWorkload(self.net, inputs, self.tensors)
        found = pyarmnn.workload_tensors_to_ndarray(self.tensors)
        return {name: numpy.array(value, numpy.float32)
                for name, value in zip(self.outputs, found)}


def main():
    library, checkpoint, sound, net = sys.argv[1:]
    sound = numpy.fromfile(sound, "<i2")[:160 * FRAMES] / numpy.float32(32768)
    features, mask = analyse(library, checkpoint, sound.astype(numpy.float32))
    assert mask.std() > 0.01

    model = Model(net)
    assert sorted(name + ".next" for name in model.inputs
                  if name != "features") == sorted(
                      name for name in model.outputs if name != "mask")
    values = model.first_states()
    found = []
    for frame in features:
        values["features"] = numpy.ascontiguousarray(frame[None])
        out = model.run(values)
        found.append(out["mask"][0])
        values = {name: out[name + ".next"] for name in model.inputs
                  if name != "features"}
    # Arm NN's sums differ from run to run: by 3e-6 at most as a rule, by 1.2e-5
    # once, and by 2e-7 on average.
    found, mask = same_frames(numpy.array(found), mask, lookahead(checkpoint))
    close(found, mask, 1e-4, "mask")
    assert abs(found - mask).mean() < 5e-6


main()
