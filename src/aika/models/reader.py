"""Reads a question and a passage together: does the passage answer it, and with which words?

MiniLM, the default embedder's model, with an adapter that was trained for this: see ``docs/explanation/reader.md``. English.

The adapter saw the tuning half of the collection of lookalikes, save three articles (``KEPT_APART`` in
``benchmarks/reader_examples.py``): on what it saw its judgments are too good, and nothing may be fitted on them there.
"""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import onnxruntime
from pydantic import Field
from tokenizers import Tokenizer

from aika.domain.errors import PermanentError
from aika.domain.reading import ReadPassage
from aika.models.artifacts import Recipe, prepared, sha256_of
from aika.models.cores import available_cores
from aika.models.encoder import LONGEST_WORD, Encoder, open_encoder
from aika.models.minilm import WHEEL_SHA256
from aika.models.precision import Precision, best_precision
from aika.models.wordpiece import bert_uncased_tokenizer
from aika.models.worker_threads import Workers, open_workers
from aika.registry import Options, Surroundings

ADAPTER = "reader-adapter.npz.xz"
FORMAT = 1
"""Counts the ways in which this module has built the graphs and read passages with them."""
GRAPHS: dict[Precision, str] = {"int8": "int8.onnx", "fp32": "fp32.onnx"}
MAX_TOKENS = 96
"""Of question and window together, as trained."""
QUESTION_TOKENS = 48
OVERLAP = 24
"""Tokens that two windows of a passage share, so that an answer at a border is seen whole."""
MOST_WINDOWS = 12
"""Of a passage. Of a longer one, those are read that share the most tokens with the question."""
LONGEST_ANSWER = 30
"""Tokens."""
REMEMBERED = 2_000
"""Pairs. An entry takes about 200 bytes: passages are remembered by their digest."""
LATIN_SHARE = 0.5
"""Of a text's letters. The model knows no other script: below this it does not judge."""
NOTHING = ReadPassage(log_odds=-6.0, start=0, end=0)
"""Of a passage without words."""
UNREADABLE = ReadPassage(log_odds=0.0, start=0, end=0)
"""Of a script that the model does not know: neither for nor against."""


@dataclass(frozen=True, slots=True)
class Odds:
    """How the two heads become log-odds: a logistic regression on articles that the adapter was not trained on."""

    span: float
    verdict: float
    offset: float


ODDS = Odds(span=0.201, verdict=0.0, offset=0.156)
"""The verdict's head added nothing to the span's there. It trained the layers that both share."""


@dataclass(frozen=True, slots=True)
class _Window:
    passage: int
    ids: tuple[int, ...]
    offsets: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """The heads' raw outputs for one window."""

    span: float
    """The best span's logit less that of there being none."""
    verdict: float
    first: int
    last: int
    """Tokens of the window, both inclusive."""


class ReadingModel:
    """The graph with its tokenizer. Thread-safe; create it with `load_reading_model`."""

    def __init__(self, session: onnxruntime.InferenceSession, tokenizer: Tokenizer) -> None:
        self._session = session
        self._tokenizer = tokenizer
        self._start, self._stop = tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")

    def question(self, text: str) -> tuple[int, ...]:
        """Return the tokens of a question; what is beyond `QUESTION_TOKENS` is left out."""
        cut = text[: QUESTION_TOKENS * LONGEST_WORD]
        return tuple(self._tokenizer.encode(cut, add_special_tokens=False).ids[:QUESTION_TOKENS])

    def windows(self, number: int, passage: str, question: Sequence[int]) -> list[_Window]:
        """Return the windows of a passage that are to be read."""
        room = MAX_TOKENS - 3 - len(question)
        encoding = self._tokenizer.encode(passage, add_special_tokens=False)
        ids, offsets = encoding.ids, encoding.offsets
        last = max(0, len(ids) - room)
        starts = [*range(0, last, room - OVERLAP), last] if ids else []
        windows = [_Window(number, tuple(ids[at : at + room]), tuple(offsets[at : at + room])) for at in starts]
        if len(windows) <= MOST_WINDOWS:
            return windows
        asked = set(question)
        return sorted(windows, key=lambda window: -len(asked.intersection(window.ids)))[:MOST_WINDOWS]

    def reading(self, question: Sequence[int], window: Sequence[int]) -> Reading:
        """Return what the heads say of one window."""
        span, verdict = self.logits(question, window)
        before = len(question) + 2
        score, first, last = _best_span(span, before, before + len(window))
        return Reading(score, verdict, first - before, last - before)

    def logits(self, question: Sequence[int], window: Sequence[int]) -> tuple[npt.NDArray[np.float32], float]:
        """Return each token's logits of being the answer's first and last, and the logit of there being an answer."""
        row = np.array([[self._start, *question, self._stop, *window, self._stop]], dtype=np.int64)
        types = np.zeros_like(row)
        types[0, len(question) + 2 :] = 1
        values = {"input_ids": row, "attention_mask": np.ones_like(row), "token_type_ids": types}
        span, verdict = self._session.run(["span", "verdict"], values)
        return span[0], float(verdict[0, 0])


class PassageReader:
    """Reads on threads of its own, and remembers what it read last."""

    class Options(Options):
        threads: int | None = Field(default=None, ge=1, description="Unset: one for each core.")
        precision: Literal["auto", "int8", "fp32"] = Field(
            default="auto", description="auto: int8 where this processor computes it well, as checked once."
        )

    @classmethod
    @asynccontextmanager
    async def open(cls, options: "PassageReader.Options", surroundings: Surroundings) -> AsyncIterator["PassageReader"]:
        """Build the graphs on the first start, which takes a few seconds, and open a reader."""
        model, fingerprint = await asyncio.to_thread(load_reading_model, options, surroundings.data_dir / "models")
        with open_workers("read", options.threads or available_cores(), standing_back=True) as workers:
            yield cls(model, workers, fingerprint)

    def __init__(self, model: ReadingModel, workers: Workers, fingerprint: str) -> None:
        self.fingerprint = fingerprint
        self._model = model
        self._workers = workers
        self._remembered: OrderedDict[bytes, ReadPassage] = OrderedDict()

    async def read(self, question: str, passages: Sequence[str]) -> list[ReadPassage]:
        """Stops between two windows when it is cancelled."""
        keys = [_digest(question, passage) for passage in passages]
        unread = {key: passage for key, passage in zip(keys, passages, strict=True) if key not in self._remembered}
        known = {key: self._remembered[key] for key in keys if key not in unread}
        if unread:
            known |= zip(unread, await self._read(question, list(unread.values())), strict=True)
        self._remember(known)
        return [known[key] for key in keys]

    async def _read(self, question: str, passages: Sequence[str]) -> list[ReadPassage]:
        results = [_without_model(question, passage) for passage in passages]
        asked = self._model.question(question)
        to_read = [(number, passage) for number, passage in enumerate(passages) if results[number] is None]
        cut = await self._workers.each(lambda pair: self._model.windows(pair[0], pair[1], asked), to_read)
        windows = [window for own in cut for window in own]
        readings = await self._workers.each(lambda window: self._model.reading(asked, window.ids), windows)
        for window, reading in zip(windows, readings, strict=True):
            judged = _judged(window, reading)
            best = results[window.passage]
            if best is None or judged.log_odds > best.log_odds:
                results[window.passage] = judged
        return [result or NOTHING for result in results]

    def _remember(self, known: dict[bytes, ReadPassage]) -> None:
        for key, judged in known.items():
            self._remembered[key] = judged
            self._remembered.move_to_end(key)
        while len(self._remembered) > REMEMBERED:
            self._remembered.popitem(last=False)


def load_reading_model(options: PassageReader.Options, models_dir: Path) -> tuple[ReadingModel, str]:
    """Return the model and its fingerprint, its graphs built where they are missing. May take seconds: use a thread."""
    with as_file(files("aika.models") / ADAPTER) as adapter:
        name = _name(adapter)

        def build(folder: Path) -> None:
            # Deferred: it imports onnx and its quantizer, which only the first start needs.
            from aika.models.reader_graph import write_reader_graphs

            single, int8 = folder / GRAPHS["fp32"], folder / GRAPHS["int8"]
            write_reader_graphs(adapter, single, int8, minilm_sha256=WHEEL_SHA256)

        folder = prepared(models_dir, Recipe(name, tuple(GRAPHS.values()), build))
    tokenizer = bert_uncased_tokenizer()

    def as_encoder(precision: Precision) -> Encoder:
        return open_encoder(folder / GRAPHS[precision], tokenizer, max_tokens=MAX_TOKENS)

    precision = best_precision(folder, as_encoder) if options.precision == "auto" else options.precision
    # One fingerprint for both precisions, as for the embedder: what is fitted on one machine is used on another.
    return ReadingModel(_session(folder / GRAPHS[precision]), tokenizer), name


def reader_fingerprint() -> str:
    """Return the fingerprint of the reader that is shipped, without opening it."""
    with as_file(files("aika.models") / ADAPTER) as adapter:
        return _name(adapter)


def _name(adapter: Path) -> str:
    return f"reader-r{FORMAT}-{sha256_of(adapter)[:16]}"


def _session(graph: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    # The thread that asks computes: see `aika.models.encoder.open_encoder`.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's own errors have no common class but this
        raise PermanentError(f"the model {graph} cannot be run: {error}") from error


def _without_model(question: str, passage: str) -> ReadPassage | None:
    if not question.strip() or not passage.strip():
        return NOTHING
    return None if _latin(question) and _latin(passage) else UNREADABLE


def _latin(text: str) -> bool:
    """Whether at least half of the letters are Latin ones. A text without letters, such as a table of numbers, is read."""
    letters = [character for character in text[:2_000] if character.isalpha()]
    # U+024F ends the Latin blocks of Unicode.
    return sum(character <= "\u024f" for character in letters) >= LATIN_SHARE * len(letters)


def _best_span(logits: npt.NDArray[np.float32], begin: int, end: int) -> tuple[float, int, int]:
    """Return the best span between two tokens with its logit less that of the first token, which stands for none."""
    sums = logits[begin:end, None, 0] + logits[None, begin:end, 1]
    possible = np.triu(np.ones_like(sums, dtype=bool)) & ~np.triu(np.ones_like(sums, dtype=bool), LONGEST_ANSWER)
    place = int(np.where(possible, sums, -np.inf).argmax())
    first, last = divmod(place, end - begin)
    return float(sums[first, last] - logits[0, 0] - logits[0, 1]), begin + first, begin + last


def _judged(window: _Window, reading: Reading) -> ReadPassage:
    log_odds = ODDS.span * reading.span + ODDS.verdict * reading.verdict + ODDS.offset
    return ReadPassage(log_odds, window.offsets[reading.first][0], window.offsets[reading.last][1])


def _digest(question: str, passage: str) -> bytes:
    digest = hashlib.blake2b(question.encode(errors="surrogatepass"), digest_size=16)
    return digest.digest() + hashlib.blake2b(passage.encode(errors="surrogatepass"), digest_size=16).digest()
