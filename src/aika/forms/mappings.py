"""The YAML that teams write, read into mappings with errors that name the file."""

from collections.abc import Mapping
from pathlib import Path

import yaml

from aika.domain.errors import ConfigurationError


def read_mapping(path: Path, *, expected: str) -> Mapping[str, object]:
    """Read a YAML file. Raises `ConfigurationError` where it cannot be read or holds anything but a mapping.

    Args:
        path: the file.
        expected: what the error says that the file must hold: ``a mapping with at least 'connector'``.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}") from error
    return parse_mapping(text, declared_in=str(path), expected=expected)


def parse_mapping(text: str, *, declared_in: str, expected: str) -> Mapping[str, object]:
    """Do the same with text that was read already."""
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ConfigurationError(f"{declared_in} is not valid YAML: {error}") from error
    if not isinstance(content, Mapping):
        raise ConfigurationError(f"{declared_in} must hold {expected}")
    return content
