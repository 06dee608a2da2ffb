"""Speech enhancement: noise out, speech left as it is.

>>> import numpy, nnse
>>> noisy = numpy.zeros(16000, numpy.float32)
>>> clean = nnse.enhance(noisy, 16000)
>>> clean.shape, clean.dtype
((16000,), dtype('float32'))

Sound is an array [samples] or [samples, channels] of float32 or float64 (full
scale -1..1) or of int16, as soundfile and scipy.io.wavfile give it. A sample
that is not a number counts as silence.
"""

from ._library import Error, FileError, FormatError, NumericError, version
from ._net import Net
from ._records import Record, read_records
from ._sound import Analysis, Stream, analyse, enhance, enhance_file

__all__ = ["Analysis", "Error", "FileError", "FormatError", "Net",
           "NumericError", "Record", "Stream", "analyse", "enhance",
           "enhance_file", "read_records"]
__version__ = version()
