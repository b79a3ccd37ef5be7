"""What people wrote in a YAML file stays when a value of it is changed."""

import yaml

from aika.forms.yaml_text import rewritten_mapping, written_mapping

HANDBOOK = """\
# The handbook of everyone.
connector: filesystem
purpose: "How we work: leave, expenses"  # shown to people
owner: People
# Whom to ask
contact: "#ask-people"
options:
  # beside aika.toml
  path: company
  include: [handbook/**]   # no drafts
rules:
  - name: fresh
    factor: 1.2
# the end
"""


def changed(**values: object) -> str:
    return rewritten_mapping(HANDBOOK, {**yaml.safe_load(HANDBOOK), **values})


def test_only_the_line_of_a_changed_value_changes_and_its_remark_stays() -> None:
    lines = changed(purpose="All about work").splitlines()

    assert lines[2] == "purpose: All about work  # shown to people"
    assert [*lines[:2], *lines[3:]] == [*HANDBOOK.splitlines()[:2], *HANDBOOK.splitlines()[3:]]


def test_a_value_deep_inside_changes_without_its_neighbors() -> None:
    text = changed(options={"path": "elsewhere", "include": ["handbook/**"], "exclude": ["old/"]})

    assert (
        "  # beside aika.toml\n  path: elsewhere\n  include: [handbook/**]   # no drafts\n  exclude: [old/]\n" in text
    )


def test_a_removed_value_takes_the_comment_above_it_along() -> None:
    content = {name: value for name, value in yaml.safe_load(HANDBOOK).items() if name != "contact"}
    text = rewritten_mapping(HANDBOOK, content)

    assert "# Whom to ask" not in text
    assert yaml.safe_load(text) == content


def test_new_values_come_last() -> None:
    text = changed(refresh="1h", rules=[{"name": "fresh", "factor": 1.5}])

    assert text.endswith("rules:\n  - name: fresh\n    factor: 1.5\nrefresh: 1h\n# the end\n")


def test_what_cannot_be_kept_is_written_anew() -> None:
    for text in ("{connector: web}", "a: &x [1]\nb: *x\n", "- no mapping", "a: [broken"):
        assert yaml.safe_load(rewritten_mapping(text, {"connector": "git", "b": [2]})) == {"connector": "git", "b": [2]}


def test_short_lists_stand_on_one_line_and_long_texts_are_blocks() -> None:
    text = written_mapping(
        {"readers": ["everyone"], "purpose": "One line.\nAnother one.\n", "paths": ["a" * 50, "b" * 50]}
    )

    assert text == (
        f"readers: [everyone]\npurpose: |\n  One line.\n  Another one.\npaths:\n  - {'a' * 50}\n  - {'b' * 50}\n"
    )
