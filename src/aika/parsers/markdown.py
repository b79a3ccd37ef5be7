"""Markdown and MDX: the body's text is the file's own text, and the blocks are spans of its lines."""

from collections.abc import Mapping

from aika.domain.documents import AttributeValue, Body, Parsed, RawDocument
from aika.parsers.frontmatter import read_front_matter
from aika.parsers.kinds import standing_of
from aika.parsers.lines import Lines
from aika.parsers.markdown_scan import MarkdownScanner
from aika.parsers.outline import blocks_of, first_title
from aika.parsers.slugs import Slugger
from aika.parsers.textfile import read_text
from aika.parsers.titles import title_from_path


class MarkdownParser:
    """Parses CommonMark with tables, admonitions (MkDocs, GitHub, Docusaurus), front matter and MDX.

    The text is the source verbatim, so that every quote is found in the file. The title is the front matter's, else the
    first heading of the first level, else the file's name in words.
    """

    suffixes = frozenset({".md", ".mdx", ".markdown", ".mdown", ".mkd"})
    media_types = frozenset({"text/markdown", "text/x-markdown", "text/mdx"})

    def __init__(self) -> None:
        self._scanner = MarkdownScanner()

    def parse(self, raw: RawDocument) -> Parsed:
        file = read_text(raw.content, expected="Markdown", media_type=raw.media_type)
        lines = Lines(file.text)
        front = read_front_matter(lines)
        scanned = self._scanner.scan(lines, Slugger(), first_line=front.first_line)
        title = front.title or first_title(scanned.items) or title_from_path(raw.path)
        standing = standing_of(raw.path, file.text, scanned.items, front.attributes)
        attributes: Mapping[str, AttributeValue] = {**front.attributes, **standing.attributes}
        return Parsed(
            body=Body(file.text, blocks_of((*front.items, *scanned.items), title=title)),
            title=title,
            kind=standing.kind,
            attributes=attributes,
            warnings=(*file.warnings, *front.warnings, *scanned.warnings),
        )
