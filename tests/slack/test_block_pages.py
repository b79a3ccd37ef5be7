"""Messages and modals are shown on a page as people see them."""

from slack_world.block_html import Page
from slack_world.mrkdwn import Names, mrkdwn_html

NAMES = Names({"U1": "Ann Lee", "C1": "support"})


def test_markup_is_shown_as_slack_shows_it() -> None:
    shown = mrkdwn_html("*bold* _it_ ~no~ `a*b*` <@U1> <#C1> <!here> <https://a.example|a> &lt;b&gt;", NAMES)

    assert "<strong>bold</strong> <em>it</em> <s>no</s> <code>a*b*</code>" in shown
    assert "@Ann Lee" in shown
    assert "#support" in shown
    assert '<a href="https://a.example">a</a>' in shown
    assert "&lt;b&gt;" in shown


def test_nothing_in_a_text_becomes_html() -> None:
    assert "<script" not in mrkdwn_html("&lt;script&gt; <script>", NAMES)


def test_a_message_is_shown_with_its_replies_and_buttons() -> None:
    answer = {
        "ts": "1700000001.000001",
        "user": "UBOT",
        "bot_id": "B1",
        "blocks": [
            {
                "type": "rich_text",
                "elements": [
                    {
                        "type": "rich_text_section",
                        "elements": [{"type": "text", "text": "<14> days", "style": {"bold": True}}],
                    }
                ],
            },
            {
                "type": "actions",
                "elements": [{"type": "button", "text": {"type": "plain_text", "text": "Accept"}, "style": "primary"}],
            },
        ],
    }
    question = {"ts": "1700000000.000001", "user": "U1", "text": "How long?"}
    page = Page({"U1": "Ann Lee", "UBOT": "aika"}, app="UBOT")
    shown = page.channel("# support", [question], {question["ts"]: [question, answer]}).html()

    assert shown.index("How long?") < shown.index("<strong>&lt;14&gt; days</strong>")
    assert '<span class="button primary">Accept</span>' in shown
    assert '<span class="badge">APP</span>' in shown


def test_a_modal_is_shown_with_its_errors() -> None:
    text = {"type": "plain_text", "text": "Reason"}
    block = {
        "type": "input",
        "block_id": "b",
        "label": text,
        "element": {"type": "plain_text_input", "multiline": True},
    }
    shown = Page({}).modal({"title": text, "submit": text, "blocks": [block], "errors": {"b": "Say why."}}).html()

    assert "Say why." in shown
    assert '<div class="field tall">' in shown
