"""Frames between a search and the process beside it: pickled data of our own, each behind its length."""

import pickle
import struct
from typing import IO, Any

HEAD = struct.Struct("<4sQ")
MARK = b"frm1"
"""What every frame begins with: anything else was printed by somebody who does not know what the pipe is for."""


def send(pipe: IO[bytes], content: Any) -> None:
    """Writes one frame; raises `OSError` or `ValueError` where nobody reads any more."""
    data = pickle.dumps(content, protocol=pickle.HIGHEST_PROTOCOL)
    pipe.write(HEAD.pack(MARK, len(data)))
    pipe.write(data)
    pipe.flush()


def receive(pipe: IO[bytes]) -> Any:
    """Reads one frame; raises `EOFError` where there are no more, or what comes is none."""
    mark, size = HEAD.unpack(_exactly(pipe, HEAD.size))
    if mark != MARK:
        raise EOFError
    return pickle.loads(_exactly(pipe, size))


def _exactly(pipe: IO[bytes], size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        part = pipe.read(size - len(data))
        if not part:
            raise EOFError
        data += part
    return bytes(data)
