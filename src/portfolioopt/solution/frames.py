"""Frames between a search and the process beside it: pickled data of our own, each behind its length."""

import pickle
import struct
from typing import IO, Any

LENGTH = struct.Struct("<Q")


def send(pipe: IO[bytes], content: Any) -> None:
    """Writes one frame; raises `OSError` or `ValueError` where nobody reads any more."""
    data = pickle.dumps(content, protocol=pickle.HIGHEST_PROTOCOL)
    pipe.write(LENGTH.pack(len(data)))
    pipe.write(data)
    pipe.flush()


def receive(pipe: IO[bytes]) -> Any:
    """Reads one frame; raises `EOFError` where there are no more."""
    head = _exactly(pipe, LENGTH.size)
    return pickle.loads(_exactly(pipe, LENGTH.unpack(head)[0]))


def _exactly(pipe: IO[bytes], size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        part = pipe.read(size - len(data))
        if not part:
            raise EOFError
        data += part
    return bytes(data)
