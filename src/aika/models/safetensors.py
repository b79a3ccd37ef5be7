"""Reads weights in the safetensors format: a header in JSON that names types, shapes and places, then plain numbers."""

from pathlib import Path
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from aika.domain.errors import ConfigurationError

LONGEST_HEADER = 100_000_000
"""Bytes. The format's own limit."""
TYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2", "I64": "<i8", "I32": "<i4"}


class _Tensor(BaseModel):
    dtype: str
    shape: list[Annotated[int, Field(ge=0)]]
    data_offsets: tuple[Annotated[int, Field(ge=0)], Annotated[int, Field(ge=0)]]


_header: TypeAdapter[dict[str, dict[str, Any]]] = TypeAdapter(dict[str, dict[str, Any]])


def read_safetensors(path: Path) -> dict[str, npt.NDArray[Any]]:
    """Return all tensors by name. Raises `ConfigurationError` where the file is damaged or of a type aika cannot read."""
    content = path.read_bytes()
    length = int.from_bytes(content[:8], "little")
    if len(content) < 8 or length > min(LONGEST_HEADER, len(content) - 8):
        raise ConfigurationError(f"{path} is not a safetensors file")
    data = memoryview(content)[8 + length :]
    try:
        header = _header.validate_json(content[8 : 8 + length])
        return {
            name: _array(_Tensor.model_validate(entry), data)
            for name, entry in header.items()
            if name != "__metadata__"
        }
    except (ValidationError, ValueError, KeyError) as error:
        raise ConfigurationError(
            f"{path} is damaged, or has tensors of a type that aika does not read: {error}"
        ) from error


def _array(tensor: _Tensor, data: memoryview) -> npt.NDArray[Any]:
    start, end = tensor.data_offsets
    numbers = np.frombuffer(data[start:end], TYPES[tensor.dtype])
    if tensor.dtype == "BF16":
        # The upper half of a single-precision number.
        numbers = (numbers.astype(np.uint32) << 16).view(np.float32)
    return numbers.reshape(tensor.shape)
