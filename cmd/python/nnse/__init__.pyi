from os import PathLike
from typing import Any, Iterator, Literal, NamedTuple, Optional, TypeVar, Union

import numpy
from numpy.typing import NDArray

_Path = Union[str, bytes, "PathLike[str]", "PathLike[bytes]"]
_Engine = Literal["float", "fixed"]
_Sound = TypeVar("_Sound", NDArray[numpy.float32], NDArray[numpy.float64],
                 NDArray[numpy.int16])

__all__ = ["Analysis", "Error", "FileError", "FormatError", "Net",
           "NumericError", "Record", "Stream", "analyse", "enhance",
           "enhance_file", "read_records"]
__version__: str

class Error(Exception): ...
class FileError(Error, OSError): ...
class FormatError(Error, ValueError): ...
class NumericError(Error, ArithmeticError): ...

class Net:
    path: Optional[str]
    metadata: dict[str, str]
    weights: dict[str, NDArray[numpy.float32]]
    history: list[dict[str, Any]]
    n_features: int
    def __init__(self, path: Optional[_Path] = None,
                 epoch: Union[str, int] = "best") -> None: ...

class Stream:
    rate: int
    channels: int
    def __init__(self, rate: float = 16000, channels: int = 1, *,
                 net: Optional[Net] = None, engine: _Engine = "float",
                 limit_db: float = ...,
                 separate_channels: bool = False) -> None: ...
    @property
    def delay(self) -> int: ...
    @property
    def speech_probability(self) -> float: ...
    @property
    def limit_db(self) -> float: ...
    @limit_db.setter
    def limit_db(self, value: float) -> None: ...
    def __enter__(self) -> "Stream": ...
    def __exit__(self, *error: object) -> None: ...
    def process(self, block: _Sound) -> _Sound: ...
    def close(self) -> None: ...
    def reset(self) -> None: ...

class Analysis(NamedTuple):
    features: NDArray[numpy.float32]
    mask: NDArray[numpy.float32]

class Record(NamedTuple):
    noisy: NDArray[Any]
    clean: NDArray[Any]

def enhance(sound: _Sound, rate: float, *, net: Optional[Net] = None,
            engine: _Engine = "float", limit_db: float = ...,
            separate_channels: bool = False) -> _Sound: ...
def enhance_file(noisy: _Path, clean: _Path, *, net: Optional[Net] = None,
                 engine: _Engine = "float", limit_db: float = ...,
                 separate_channels: bool = False) -> None: ...
def analyse(sound: Union[NDArray[numpy.float32], NDArray[numpy.float64],
                         NDArray[numpy.int16]], *,
            net: Optional[Net] = None,
            engine: _Engine = "float") -> Analysis: ...
def read_records(path: _Path) -> Iterator[Record]: ...
