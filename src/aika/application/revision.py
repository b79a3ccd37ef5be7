"""Which revision of its repository a folder is at."""

from pathlib import Path


def revision_of(folder: Path) -> str:
    """Return the commit that is checked out, empty where the folder is in no git repository or it cannot be told."""
    for place in (folder, *folder.parents):
        git = place / ".git"
        if git.exists():
            return _head(git)
    return ""


def _head(git: Path) -> str:
    try:
        if git.is_file():  # a work tree beside the repository
            git = (git.parent / git.read_text("utf-8").partition(":")[2].strip()).resolve()
        head = (git / "HEAD").read_text("utf-8").strip()
        if not head.startswith("ref:"):
            return head
        name = head.removeprefix("ref:").strip()
        common = git / "commondir"
        shared = (git / common.read_text("utf-8").strip()).resolve() if common.exists() else git
        for folder in (git, shared):
            if (folder / name).exists():
                return (folder / name).read_text("utf-8").strip()
        packed = (shared / "packed-refs").read_text("utf-8").splitlines()
        return next((line.split()[0] for line in packed if line.endswith(f" {name}")), "")
    except (OSError, UnicodeDecodeError):
        return ""  # a repository of another make: the run is kept without it
