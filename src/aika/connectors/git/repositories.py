"""Opening a repository, and fetching what is new of a remote one. Everything here may take long: call it in a thread."""

import hashlib
import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import urllib3
from dulwich.client import GitClient, HttpGitClient, HTTPProxyUnauthorized, HTTPUnauthorized, get_transport_and_path
from dulwich.config import StackedConfig
from dulwich.errors import (
    ApplyDeltaError,
    ChecksumMismatch,
    FileFormatException,
    GitProtocolError,
    HangupException,
    NotGitRepository,
)
from dulwich.file import FileLocked
from dulwich.objects import Commit, ObjectID, ShaFile, Tag
from dulwich.refs import Ref
from dulwich.repo import Repo, UnsupportedExtension, UnsupportedVersion

from aika.connectors.git.options import GitOptions
from aika.domain.errors import ConfigurationError, NotFoundError, PermanentError, TransientError

T = TypeVar("T", bound=ShaFile)

_TIMEOUT = 300.0
"""Seconds without a sign of life."""
_MOST_PACKS = 200
"""Each fetch that brings something adds a pack, and each pack holds files open. Fetching anew costs less than rewriting."""
_SSH = "ssh -o BatchMode=yes -o ConnectTimeout=30 -o ServerAliveInterval=30"
"""Nobody is there to answer a question, and a connection that is dead must end."""
_SHA1_HEX = 40
_KEPT = Ref(b"refs/heads/aika")
"""What was fetched last: a branch, because dulwich tells the server of branches only what is there already."""


class Objects:
    """The objects of a repository, read by one thread at a time: dulwich's packs have one position in their file."""

    def __init__(self, repository: Repo) -> None:
        self._repository = repository
        self.lock = threading.RLock()

    def __contains__(self, sha: bytes) -> bool:
        with self.lock:
            return _is_sha(sha.decode(errors="replace")) and ObjectID(sha) in self._repository.object_store

    def get(self, sha: bytes, kind: type[T]) -> T:
        """Return an object. Raises `TransientError` where it is not there any more: someone tidies the repository up."""
        try:
            with self.lock:
                found = self._repository.object_store[ObjectID(sha)]
        except KeyError as error:
            raise TransientError("a part of the repository is missing: sync again, or fetch it anew") from error
        if not isinstance(found, kind):
            raise PermanentError(f"the repository holds a {found.type_name.decode()} where a {kind.__name__} is named")
        return found


def local_repository(path: Path) -> Repo:
    """Open a repository where it is. Raises `ConfigurationError` where there is none."""
    try:
        return Repo(str(path))
    except (UnsupportedVersion, UnsupportedExtension) as error:
        raise ConfigurationError(f"the repository at {path} has a form that aika cannot read: {error}") from error
    except NotGitRepository as error:
        try:
            root = Path(Repo.discover(str(path)).path)
        except NotGitRepository:
            raise ConfigurationError(f"there is no Git repository at {path}: correct the source's path") from error
        raise ConfigurationError(
            f"{path} is inside the repository {root}: name that in path, and the folder in include"
        ) from error


def kept_folder(data_dir: Path, options: GitOptions) -> Path:
    """Return where the copy of a remote repository is kept: one for each address, reference and depth."""
    identity = repr((options.url, options.ref, options.depth))
    name = (options.url or "").rstrip("/").removesuffix(".git").rpartition("/")[2]
    return data_dir / "git" / f"{name[:40]}-{hashlib.blake2b(identity.encode(), digest_size=8).hexdigest()}"


def kept_repository(folder: Path) -> Repo:
    """Open the copy of a remote repository, an empty one at first, and now and then again."""
    packs = folder / "objects" / "pack"
    if packs.is_dir() and sum(1 for _ in packs.glob("*.pack")) > _MOST_PACKS:
        shutil.rmtree(folder)
    if (folder / "objects").is_dir():
        return Repo(str(folder))
    folder.mkdir(parents=True, exist_ok=True)
    return Repo.init_bare(str(folder))


def fetched(repository: Repo, options: GitOptions) -> tuple[bytes, str]:
    """Fetch what is new of a remote repository; return the commit to read, and the name of what was read.

    Raises `TransientError` where trying later can help, `ConfigurationError` for refused credentials and `NotFoundError` for
    what is not there.
    """
    url = options.url or ""
    with _translated(url), _connected(options) as (client, path):
        asked = _Asked(repository, options)
        result = client.fetch(path, repository, determine_wants=asked.wants, depth=options.depth)
        head, name = asked.head(result.symrefs)
        repository.refs[_KEPT] = ObjectID(head)
    return head, name


def origin_of(repository: Repo) -> str | None:
    """Return the address that a local repository was cloned from."""
    try:
        return repository.get_config().get((b"remote", b"origin"), b"url").decode(errors="replace")
    except KeyError:
        return None


def commit_of(repository: Repo, ref: str | None) -> tuple[bytes, str]:
    """Return the commit that a local repository has under a name, and that name. Raises `ConfigurationError`."""
    refs = repository.get_refs()
    if ref is None:
        names, sha = repository.refs.follow(Ref(b"HEAD"))
        if sha is None:
            return b"", "HEAD"
        return sha, names[-1].decode(errors="replace").removeprefix("refs/heads/")
    for name in _names(ref):
        if name in refs:
            return _peeled(repository, refs[Ref(name)]), ref
    if _is_sha(ref) and ObjectID(ref.encode()) in repository.object_store:
        return _peeled(repository, ObjectID(ref.encode())), ref
    raise ConfigurationError(f"the repository has no branch, tag or commit {ref!r}: correct the source's ref")


class _Asked:
    """What is asked of the remote: one reference only."""

    def __init__(self, repository: Repo, options: GitOptions) -> None:
        self._repository = repository
        self._ref = options.ref
        self._sha: ObjectID | None = None

    def wants(self, refs: Mapping[Ref, ObjectID], depth: int | None = None) -> list[ObjectID]:
        names = [b"HEAD"] if self._ref is None else _names(self._ref)
        self._sha = next((refs[Ref(name)] for name in names if name in refs), None)
        if self._sha is None and self._ref is not None and _is_sha(self._ref):
            self._sha = ObjectID(self._ref.encode())
        if self._sha is None and self._ref is not None:
            raise ConfigurationError(f"the repository has no branch or tag {self._ref!r}: correct the source's ref")
        # A pack is added whole or not at all: what is there is there with all that it needs.
        return [] if self._sha is None or self._sha in self._repository.object_store else [self._sha]

    def head(self, symrefs: Mapping[Ref, Ref]) -> tuple[bytes, str]:
        if self._sha is None:
            raise NotFoundError("the repository is empty: nothing was ever pushed to it")
        default = symrefs.get(Ref(b"HEAD"), b"HEAD").decode(errors="replace").removeprefix("refs/heads/")
        return _peeled(self._repository, self._sha), self._ref or default


@contextmanager
def _connected(options: GitOptions) -> Iterator[tuple[GitClient, str]]:
    """Give a client and the path to ask it for. What it opened is closed at the end."""
    url = options.url or ""
    if not url.startswith(("http://", "https://")):
        yield get_transport_and_path(url, config=StackedConfig([]), ssh_command=_SSH)
        return
    secret = options.token.get_secret_value() if options.token else None
    parts = urlsplit(url)
    # No proxies of the environment, and no redirects: they could lead to hosts that no operator named.
    pools = _Pools(
        timeout=urllib3.Timeout(total=None, connect=30, read=_TIMEOUT),
        retries=urllib3.Retry(connect=2, read=0, redirect=0, status=0, raise_on_redirect=False),
        headers={"User-Agent": "git/aika"},
    )
    username = None if secret is None else options.username or _username(parts.hostname or "")
    try:
        yield (
            HttpGitClient(f"{parts.scheme}://{parts.netloc}", pool_manager=pools, username=username, password=secret),
            parts.path,
        )
    finally:
        pools.close()


class _Pools(urllib3.PoolManager):
    """Connections that are all closed at the end: dulwich leaves those open whose response it did not read."""

    def __init__(self, **options: Any) -> None:  # urllib3's own options
        super().__init__(**options)
        self._answered: list[urllib3.BaseHTTPResponse] = []

    def urlopen(
        self, method: str, url: str, *parts: Any, **more: Any
    ) -> urllib3.BaseHTTPResponse:  # passed on as they are
        response = super().urlopen(method, url, *parts, **more)
        self._answered.append(response)
        return response

    def close(self) -> None:
        for response in self._answered:
            response.close()
        self._answered.clear()
        self.clear()


def _username(host: str) -> str:
    """GitHub and GitLab take any name with a token; Bitbucket wants this one."""
    return "x-token-auth" if "bitbucket" in host else "x-access-token"


@contextmanager
def _translated(url: str) -> Iterator[None]:
    shown = urlsplit(url)._replace(query="", fragment="").geturl()
    try:
        yield
    except (HTTPUnauthorized, HTTPProxyUnauthorized) as error:
        raise ConfigurationError(
            f"{shown} refused the credentials: the option token needs a token that may read this repository's contents"
        ) from error
    except NotGitRepository as error:
        raise NotFoundError(f"there is no repository at {shown}, or the token may not see it") from error
    except FileLocked as error:
        raise TransientError(f"the copy of {shown} is in use by another process. Try again later") from error
    except (HangupException, urllib3.exceptions.HTTPError, OSError) as error:
        raise TransientError(f"{shown} cannot be reached: {error or type(error).__name__}. Try again later") from error
    except GitProtocolError as error:
        if isinstance(error.__cause__, urllib3.exceptions.HTTPError):
            raise TransientError(f"{shown} cannot be reached. Try again later") from error
        raise _protocol_failure(shown, str(error)) from error
    except (ValueError, FileFormatException, ChecksumMismatch, ApplyDeltaError, AssertionError) as error:
        raise TransientError(f"{shown} did not answer as a Git server does ({type(error).__name__})") from error


def _protocol_failure(shown: str, said: str) -> TransientError | PermanentError:
    """dulwich tells the status of a response only in its message."""
    if "http resp 403" in said:
        return ConfigurationError(
            f"{shown} may not be read with this token: it needs to read the repository's contents"
        )
    if any(f"http resp 3{rest}" in said for rest in ("01", "02", "03", "07", "08")):
        return ConfigurationError(f"{shown} has moved: write the new address in the option url")
    if "not our ref" in said or "no such" in said.lower():
        return ConfigurationError(f"{shown} does not give out this commit: name a branch or a tag in the option ref")
    return TransientError(f"fetching {shown} failed: {said}. Try again later")


def _names(ref: str) -> list[bytes]:
    name = ref.encode()
    return [b"refs/heads/" + name, b"refs/tags/" + name, name]


def _is_sha(ref: str) -> bool:
    return len(ref) == _SHA1_HEX and all(character in "0123456789abcdef" for character in ref)


def _peeled(repository: Repo, sha: ObjectID) -> bytes:
    """Return the commit that a tag stands for."""
    found = repository[sha]
    while isinstance(found, Tag):
        found = repository[found.object[1]]
    if not isinstance(found, Commit):
        raise ConfigurationError("the source's ref does not name a commit")
    return found.id
