"""JSON, JSON Lines and YAML as data: stored verbatim, one block a record."""

import json

import pytest

from aika.domain.documents import BlockKind, Kind, Parsed, RawDocument
from aika.parsers.structured_data import StructuredDataParser
from aika.protocols import Parser
from aika.testing.contracts.parser import ParserContract

PEOPLE = [
    {"name": f"Person {number}", "role": "Engineer", "about": "Knows the ferry timetable. " * 20} for number in range(4)
]
SIGS = """\
# The groups of the project.
sigs:
  - name: storage
    chairs:
      - ann
  # Meets on Tuesdays.
  - name: network
    chairs: [ben]
"""


def parsed(content: object, path: str = "data/file.json") -> Parsed:
    text = content if isinstance(content, str) else json.dumps(content, indent=2)
    return StructuredDataParser().parse(RawDocument(key=path, path=path, content=text.encode()))


def blocks_of(document: Parsed) -> list[str]:
    return [document.body.text[block.start : block.end] for block in document.body.blocks]


class TestStructuredDataParserKeepsTheContract(ParserContract):
    @pytest.fixture
    def parser(self) -> Parser:
        return StructuredDataParser()

    @pytest.fixture
    def samples(self) -> list[RawDocument]:
        return [
            RawDocument(key="a", path="people.json", content=json.dumps(PEOPLE).encode()),
            RawDocument(key="b", path="sigs.yaml", content=SIGS.encode()),
            RawDocument(key="c", path="log.jsonl", content=b'{"a": 1}\n{"b": [2]}\n'),
            RawDocument(key="d", path="team/OWNERS", content=b"approvers:\n- ann\nreviewers:\n- ben\n"),
        ]


class TestJson:
    def test_each_item_of_a_list_is_a_record(self) -> None:
        document = parsed([{"name": "Ann"}, {"name": "Ben"}])

        assert [block.kind for block in document.body.blocks] == [BlockKind.RECORD] * 2
        assert '"Ben"' in blocks_of(document)[1]
        assert document.kind is Kind.DATA

    def test_readable_text_is_kept_as_it_is_with_its_lines(self) -> None:
        text = '{\n  "name":   "ferry",\n  "stops": {"first": "Aldhamn"}\n}\n'

        document = parsed(text)

        assert document.body.text == text
        assert [block.anchor for block in document.body.blocks] == ["L1-L2", "L3-L4"]

    def test_json_on_one_line_is_written_anew_and_names_no_lines(self) -> None:
        document = parsed(json.dumps(PEOPLE))

        assert document.body.text.count("\n") > 10
        assert {block.anchor for block in document.body.blocks} == {None}

    def test_a_large_record_is_opened_and_its_parts_say_what_they_belong_to(self) -> None:
        lead = {"name": "Ada", "engineers": PEOPLE}

        document = parsed({"teams": [lead, {"name": "Bo"}]})

        paths = [block.heading_path for block in document.body.blocks]
        assert ("teams", "Ada", "engineers") in paths

    def test_short_entries_beside_each_other_are_one_block(self) -> None:
        assert len(parsed({"a": 1, "b": 2, "c": 3}).body.blocks) == 1

    def test_every_character_but_space_is_in_a_block(self) -> None:
        document = parsed({"people": PEOPLE, "count": 4, "nested": {"deep": {"deeper": PEOPLE}}})

        assert "".join("".join(blocks_of(document)).split()) == "".join(document.body.text.split())

    def test_nesting_without_end_is_kept_as_text(self) -> None:
        document = parsed("[" * 200_000)

        assert "structure could not be read" in document.warnings[0]

    def test_what_is_not_json_is_kept_as_lines_with_a_warning(self) -> None:
        document = parsed('{"a": {{ template }}\n')

        assert document.body.text == '{"a": {{ template }}\n'
        assert "could not be read" in document.warnings[0]

    def test_lines_of_json_are_records(self) -> None:
        document = parsed('{"event": "start"}\n\n{"event": "stop"}\n', "log.jsonl")

        assert blocks_of(document) == ['{"event": "start"}', '{"event": "stop"}']

    def test_lines_of_json_in_a_json_file_are_records_too(self) -> None:
        assert len(parsed('{"event": "start"}\n{"event": "stop"}\n').body.blocks) == 2

    def test_json_with_comments_is_read(self) -> None:
        document = parsed('{\n  # where builds go\n  "outDir": "dist",\n}\n', "tsconfig.json")

        assert document.warnings == ()


class TestYaml:
    def test_the_text_is_kept_as_it_is(self) -> None:
        assert parsed(SIGS, "sigs.yaml").body.text == SIGS

    def test_a_comment_above_an_entry_belongs_to_it(self) -> None:
        text = SIGS.replace("ann", "ann " * 600)

        document = parsed(text, "sigs.yaml")

        assert any(block.startswith("  # Meets on Tuesdays.\n  - name: network") for block in blocks_of(document))

    def test_anchors_are_lines(self) -> None:
        document = parsed("a:\n  b: 1\nc:\n  d: 2\n", "file.yml")

        assert [block.anchor for block in document.body.blocks] == ["L1-L2", "L3-L4"]

    def test_several_documents_in_a_file_are_apart(self) -> None:
        document = parsed("name: one\nx: 1\n---\nname: two\nx: 2\n", "file.yaml")

        assert [block.heading_path for block in document.body.blocks] == [("one",), ("two",)]

    def test_unknown_tags_and_merge_keys_are_read(self) -> None:
        document = parsed("base: &base {a: !Ref x}\nown:\n  <<: *base\n  b: !Sub y\n", "stack.yaml")

        assert document.warnings == ()

    def test_an_alias_of_itself_is_read(self) -> None:
        assert parsed("a: &a\n  - *a\n  - b\n", "loop.yaml").warnings == ()

    @pytest.mark.parametrize("hostile", ["[" * 300_000, "{a: " * 300_000, "- " * 100_000])
    def test_nesting_without_end_is_kept_as_text(self, hostile: str) -> None:
        assert "could not be read" in parsed(hostile, "deep.yaml").warnings[0]

    def test_aliases_that_multiply_take_no_memory(self) -> None:
        levels = "\n".join(f"l{level}: &l{level} [{', '.join([f'*l{level - 1}'] * 9)}]" for level in range(1, 30))

        assert parsed(f"l0: &l0 [lol]\n{levels}\n", "bomb.yaml").body.blocks

    def test_a_template_of_yaml_is_kept_as_lines_with_a_warning(self) -> None:
        document = parsed("kind: Service\n{{- if .Values.port }}\nport: {{ .Values.port }}\n{{- end }}\n", "chart.yaml")

        assert "{{- if .Values.port }}" in document.body.text
        assert document.warnings

    def test_owners_files_are_named_by_their_path(self) -> None:
        document = parsed("approvers:\n- ann\n", "storage/OWNERS")

        assert document.title == "storage/OWNERS"
        assert document.kind is Kind.DATA
