"""reStructuredText: the body's text is the file's own text, and the blocks are spans of its lines."""

from aika.domain.documents import Body, Parsed, RawDocument
from aika.parsers.frontmatter import attributes_of
from aika.parsers.kinds import standing_of
from aika.parsers.lines import Lines
from aika.parsers.outline import blocks_of, first_title
from aika.parsers.restructuredtext_scan import RestructuredTextScanner
from aika.parsers.textfile import read_text
from aika.parsers.titles import title_from_path


class RestructuredTextParser:
    """Parses reStructuredText as docutils and Sphinx write it, without running any directive.

    The text is the source verbatim. The field list at the top, or a PEP's header, becomes attributes.
    """

    suffixes = frozenset({".rst", ".rest"})
    media_types = frozenset({"text/x-rst", "text/prs.fallenstein.rst"})

    def parse(self, raw: RawDocument) -> Parsed:
        file = read_text(raw.content, expected="reStructuredText", media_type=raw.media_type)
        scanner = RestructuredTextScanner(Lines(file.text))
        scanner.scan()
        attributes = attributes_of({name: value for name, value in scanner.fields.items() if value})
        own_title = attributes.get("title")
        title = own_title if isinstance(own_title, str) else first_title(scanner.items)
        title = title or title_from_path(raw.path)
        standing = standing_of(raw.path, file.text, scanner.items, attributes)
        return Parsed(
            body=Body(file.text, blocks_of(scanner.items, title=title)),
            title=title,
            kind=standing.kind,
            attributes={**attributes, **standing.attributes},
            warnings=file.warnings,
        )
