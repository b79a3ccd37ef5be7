"""Which files of a folder are left out: what is never a document, what ignore files name, what the options say."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pathspec import GitIgnoreSpec

from aika.domain.errors import ConfigurationError


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


IGNORE_FILES = (".gitignore", ".aikaignore")
"""In the order they are read: the later one has the last word."""

_TOOL_FOLDERS = _words(
    """
    .git .hg .svn .jj CVS .aika .cache .eggs .gradle .idea .ipynb_checkpoints .mypy_cache .next .nox .nuxt .nyc_output
    .parcel-cache .pytest_cache .ruff_cache .svelte-kit .terraform .tox .turbo .venv .vs .yarn __MACOSX __pycache__
    bower_components node_modules site-packages
    """
)
_OUTPUT_FOLDERS = _words("_build build coverage dist htmlcov obj out target")
"""Build output only beside a build file: elsewhere, `build` may be a chapter of a handbook."""
_BUILD_FILES = _words(
    """
    Cargo.toml CMakeLists.txt build.gradle build.gradle.kts build.sbt composer.json conf.py mix.exs package.json pom.xml
    pyproject.toml setup.cfg setup.py
    """
)
_NEVER_NAMES = _words(
    """
    .DS_Store Thumbs.db desktop.ini .coverage
    Cargo.lock Gemfile.lock Pipfile.lock bun.lock bun.lockb composer.lock flake.lock go.sum mix.lock npm-shrinkwrap.json
    package-lock.json pdm.lock pnpm-lock.yaml poetry.lock uv.lock yarn.lock
    .env .htpasswd .netrc .npmrc .pgpass .pypirc credentials id_dsa id_ecdsa id_ed25519 id_rsa
    """
)
"""Litter of file managers; lock files, which no question is answered from; and where secrets are kept."""
_NEVER_SUFFIXES = _words(
    """
    .apng .avif .bmp .cur .eps .gif .heic .icns .ico .jpeg .jpg .png .psd .svg .tif .tiff .webp .ai .drawio .fig .sketch .xcf
    .aac .flac .m4a .m4v .avi .mkv .mov .mp3 .mp4 .mpeg .mpg .ogg .opus .wav .webm .wma .wmv
    .eot .otf .ttf .woff .woff2
    .7z .br .bz2 .cab .deb .dmg .egg .gz .iso .jar .lz4 .rar .rpm .tar .tgz .war .whl .xz .zip .zst .apk .aar .crate .gem .nupkg
    .a .bin .class .dll .dylib .elf .exe .lib .lo .node .o .obj .pdb .pyc .pyd .pyo .rlib .so .wasm .dex .beam
    .db .dbm .duckdb .mdb .sqlite .sqlite3 .rdb .parquet .arrow .feather .orc .avro
    .ckpt .gguf .h5 .hdf5 .joblib .mat .npy .npz .onnx .pickle .pkl .pt .pth .rds .safetensors .tflite
    .map .snap .swp .swo .bak .orig .rej .tmp .lock .pid .tsbuildinfo
    .cer .crt .der .gpg .jks .keystore .p12 .p7b .pem .pfx .sig
    """
)
"""Images, sound, fonts, archives, programs, databases, models, left-overs of tools, and keys."""
_NEVER_ENDINGS = (".min.js", ".min.css", ".min.mjs", "~")
_NEVER_BEGINNINGS = (".#", "~$", "._", ".env.")
"""Locks and shadows that editors, office programs and macOS leave beside a file, and variants of `.env`."""
_EXAMPLE_ENDINGS = (".example", ".sample", ".template", ".dist")


@dataclass(frozen=True, slots=True)
class _IgnoreFile:
    spec: GitIgnoreSpec
    prefix: str = ""
    """Of the folder it stands in, below the source's root."""
    above: str = ""
    """The way from the folder it stands in to the source's root, where it stands above that."""

    def names(self, path: str) -> str:
        return self.above + path.removeprefix(self.prefix)


@dataclass(frozen=True, slots=True)
class Rules:
    """What one folder's files are judged by. Paths are relative to the source's root, with ``/``."""

    defaults: bool
    ignore_files: bool
    include: GitIgnoreSpec | None
    exclude: GitIgnoreSpec | None
    found: tuple[_IgnoreFile, ...] = ()
    """The ignore files met on the way down, outermost first."""

    @classmethod
    def of(cls, include: Sequence[str], exclude: Sequence[str], *, defaults: bool, ignore_files: bool) -> "Rules":
        """Raises `ConfigurationError` for a pattern that Git would not accept."""
        return cls(
            defaults=defaults,
            ignore_files=ignore_files,
            include=_spec(include, "include") if include else None,
            exclude=_spec(exclude, "exclude") if exclude else None,
        )

    def within(self, folder: Path, prefix: str, names: Collection[str]) -> "Rules":
        """Return the rules for a folder's entries, its own ignore files included. Raises ``OSError`` where one cannot be read."""
        if not self.ignore_files:
            return self
        own = tuple(_IgnoreFile(_read(folder / name), prefix=prefix) for name in IGNORE_FILES if name in names)
        return replace(self, found=(*self.found, *own)) if own else self

    def below(self, folder: Path, root: Path) -> "Rules":
        """Return the rules with the ignore files of a folder above the source's root."""
        if not self.ignore_files:
            return self
        above = f"{root.relative_to(folder).as_posix()}/"
        files = [folder / name for name in IGNORE_FILES if (folder / name).is_file()]
        return replace(self, found=(*self.found, *(_IgnoreFile(_read(file), above=above) for file in files)))

    def with_ignore_file(self, text: str, prefix: str) -> "Rules":
        """Return the rules with an ignore file of the folder that ``prefix`` names, whose text was read already."""
        return replace(self, found=(*self.found, _IgnoreFile(spec_of(text.splitlines()), prefix=prefix)))

    def excludes(self, relative: str, *, folder: bool, siblings: Collection[str]) -> bool:
        """Return whether an entry is left out. The last rule that names it decides, so ``!*.svg`` brings images back."""
        name = relative.rpartition("/")[2]
        excluded = self.defaults and (_tool_folder(name, siblings) if folder else _never_a_document(name))
        asked = f"{relative}/" if folder else relative
        for file in self.found:
            excluded = _verdict(file.spec, file.names(asked), excluded)
        if self.exclude is not None:
            excluded = _verdict(self.exclude, asked, excluded)
        if folder or excluded or self.include is None:
            return excluded
        return not self.include.match_file(asked)


def is_virtual_environment(names: Collection[str]) -> bool:
    """Return whether a folder with these entries is a Python environment, whatever it is called."""
    return "pyvenv.cfg" in names


def _tool_folder(name: str, siblings: Collection[str]) -> bool:
    if name in _OUTPUT_FOLDERS:
        return not _BUILD_FILES.isdisjoint(siblings)
    return name in _TOOL_FOLDERS or name.endswith(".egg-info")


def _never_a_document(name: str) -> bool:
    if name in _NEVER_NAMES:
        return True
    lowered = name.lower()
    if lowered.startswith(_NEVER_BEGINNINGS):
        return not lowered.endswith(_EXAMPLE_ENDINGS)
    _, dot, suffix = lowered.rpartition(".")
    return f"{dot}{suffix}" in _NEVER_SUFFIXES or lowered.endswith(_NEVER_ENDINGS)


def _verdict(spec: GitIgnoreSpec, path: str, so_far: bool) -> bool:
    said = spec.check_file(path).include
    return so_far if said is None else said


def _spec(lines: Sequence[str], what: str) -> GitIgnoreSpec:
    try:
        return GitIgnoreSpec.from_lines(lines)
    except ValueError as error:
        raise ConfigurationError(f"{what} holds a pattern that .gitignore would not accept: {error}") from error


def _read(file: Path) -> GitIgnoreSpec:
    return spec_of(file.read_text("utf-8", errors="replace").splitlines())


def spec_of(lines: Sequence[str]) -> GitIgnoreSpec:
    """Return patterns that somebody wrote down. One that cannot be understood is skipped."""
    try:
        return GitIgnoreSpec.from_lines(lines)
    except ValueError:
        # Git skips the one line that it cannot understand and keeps the others.
        return GitIgnoreSpec.from_lines([line for line in lines if _understood(line)])


def _understood(line: str) -> bool:
    try:
        GitIgnoreSpec.from_lines([line])
    except ValueError:
        return False
    return True
