"""Source code, as it is written: blocks are its symbols where there is a grammar, and paragraphs of lines elsewhere."""

import re
from pathlib import PurePosixPath

from aika.domain.documents import Body, Kind, Parsed, RawDocument
from aika.domain.errors import UnreadableDocumentError
from aika.parsers.grammars import BY_SUFFIX
from aika.parsers.lines import Lines
from aika.parsers.plain_lines import line_blocks
from aika.parsers.symbols import symbol_blocks
from aika.parsers.textfile import read_text

_PLAIN = frozenset(
    """
    .ada .asm .astro .bat .bicep .bzl .cfg .clj .cljs .cmake .cmd .conf .coffee .cr .css .cue .cypher .dart .diff
    .dockerfile .edn .ejs .elm .erl .ex .exs .f90 .fs .fsx .gd .glsl .gql .gradle .graphql .graphqls .groovy .hbs .hcl .hs
    .ini .j2 .jinja .jl .jsonnet .kdl .less .libsonnet .lisp .lua .m .mako .mjml .mk .ml .mli .mm .mustache .nim .nix .nomad
    .nsi .patch .pl .plist .pm .prisma .properties .proto .ps1 .psm1 .pug .puml .purs .r .rego .rkt .s .sass .scm .scss
    .service .sol .star .styl .svelte .swift .tcl .tf .tfvars .thrift .toml .tpl .v .vb .vbs .vhd .vim .vue .wgsl .wsdl .xml
    .xsd .xsl .yara .zig
    """.split()  # noqa: SIM905 - a list of quoted words is four times as long and no clearer
)
_NAMES = frozenset(
    """
    brewfile build caddyfile codeowners containerfile dockerfile earthfile gemfile gnumakefile jenkinsfile justfile makefile
    podfile procfile rakefile snakefile tiltfile vagrantfile workspace .babelrc .bashrc .bazelrc .clang-format .dockerignore
    .editorconfig .eslintrc .flake8 .gitattributes .gitconfig .gitignore .aikaignore .mailmap .prettierrc .profile .pylintrc
    .zshrc go.mod
    """.split()  # noqa: SIM905 - likewise
)
"""Whole names, in lower case: files that have no suffix."""
_DATA = frozenset({".toml", ".ini", ".cfg", ".conf", ".properties", ".xml", ".plist", ".edn"})
_SECTIONED = frozenset(
    {".toml", ".ini", ".cfg", ".conf", ".service", ".editorconfig", ".flake8", ".pylintrc", ".gitconfig"}
)
_SECTION = re.compile(r"\s*\[{1,2}([^\[\]]+)\]{1,2}\s*(?:[#;].*)?")
_CPP_ONLY = re.compile(r"^\s*(?:class\s+\w+|namespace\b|template\s*<|using\s+\w)", re.MULTILINE)
"""What a header says that C cannot."""
_LONG_LINE = 5_000
_AVERAGE_LINE = 500
"""Characters. People wrap at 80 to 120; minifiers and generators do not wrap at all."""


class CodeParser:
    """Stores code verbatim. A document's title is its path, which is how programmers name a file."""

    suffixes = (*BY_SUFFIX, *_PLAIN, *_NAMES)
    media_types = (
        "text/x-python",
        "text/javascript",
        "application/javascript",
        "text/css",
        "application/toml",
        "text/x-sh",
    )

    def parse(self, raw: RawDocument) -> Parsed:
        file = read_text(raw.content, expected="source code", media_type=raw.media_type)
        _refuse_generated(file.text)
        path = PurePosixPath(raw.path)
        name, suffix = path.name.lower(), path.suffix.lower()
        grammar = BY_SUFFIX.get(".hpp" if suffix == ".h" and _CPP_ONLY.search(file.text) else suffix)
        blocks = symbol_blocks(Lines(file.text), grammar) if grammar is not None else None
        warnings = file.warnings
        if blocks is not None:
            body = Body(file.text, tuple(blocks))
        else:
            body = line_blocks(file.text, section=_section if {suffix, name} & _SECTIONED else _no_section)
            warnings += (
                ("its syntax could not be analyzed, so it is kept as plain lines",) if grammar is not None else ()
            )
        kind = Kind.DATA if suffix in _DATA or name == "codeowners" else Kind.CODE
        return Parsed(body, raw.path, kind, warnings=warnings)


def _no_section(line: str) -> None:
    return None


def _section(line: str) -> str | None:
    found = _SECTION.fullmatch(line)
    return found[1].strip() if found else None


def _refuse_generated(text: str) -> None:
    longest = max(map(len, text.split("\n")))
    if longest > _LONG_LINE and len(text) / (text.count("\n") + 1) > _AVERAGE_LINE:
        raise UnreadableDocumentError(
            f"it looks minified or generated (a line has {longest:,} characters): exclude it, and read what it is made from"
        )
