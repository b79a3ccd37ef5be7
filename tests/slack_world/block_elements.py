"""What people can use in a block, and the objects that it is composed of, as Slack documents them.

https://docs.slack.dev/reference/block-kit/block-elements
https://docs.slack.dev/reference/block-kit/composition-objects
"""

from collections.abc import Mapping

from slack_world.checks import (
    Check,
    Shape,
    any_of,
    anything,
    boolean,
    exactly_one_of,
    integer,
    many,
    one_of,
    string,
    typed,
    url,
)
from slack_world.rich_text import RICH_TEXT

ACTION_ID = string(1, 255)


def plain(most: int) -> Check:
    """A text object that is not markup."""
    return typed({"plain_text": Shape({"text": string(1, most)}, {"emoji": boolean})}, "a plain text")


def text(most: int) -> Check:
    """A text object of either kind."""
    kinds = {
        "plain_text": Shape({"text": string(1, most)}, {"emoji": boolean}),
        "mrkdwn": Shape({"text": string(1, most)}, {"verbatim": boolean}),
    }
    return typed(kinds, "a text")


TEXT_KINDS = {
    "plain_text": Shape({"text": string(1, 3000)}, {"emoji": boolean}),
    "mrkdwn": Shape({"text": string(1, 3000)}, {"verbatim": boolean}),
}
SLACK_FILE = Shape(optional={"id": string(1), "url": url()}, rules=(exactly_one_of("id", "url"),))
CONFIRM = Shape(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)
_OPTION = Shape({"text": plain(75), "value": string(1, 150)}, {"description": plain(75)})
_MARKED_OPTION = Shape({"text": text(75), "value": string(1, 150)}, {"description": text(75)})
_OVERFLOW_OPTION = Shape({"text": plain(75), "value": string(1, 150)}, {"description": plain(75), "url": url()})
_OPTION_GROUP = Shape({"label": plain(75), "options": many(_OPTION, 1, 100)})
_FILTER = Shape(
    optional={
        "include": many(one_of("im", "mpim", "private", "public")),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
    rules=(any_of("include", "exclude_external_shared_channels", "exclude_bot_users"),),
)
_DISPATCH = Shape(optional={"trigger_actions_on": many(one_of("on_enter_pressed", "on_character_entered"))})
_ID = {"action_id": ACTION_ID}
_FOCUS = {"focus_on_load": boolean}
_HINT = {"placeholder": plain(150)}
_MENU = {**_ID, **_FOCUS, **_HINT, "confirm": CONFIRM}
_STATIC = {"options": many(_OPTION, 1, 100), "option_groups": many(_OPTION_GROUP, 1, 100)}
_TYPED = {**_ID, **_FOCUS, **_HINT, "dispatch_action_config": _DISPATCH}
_RESPONSE_URL = {"response_url_enabled": boolean}
_MOST = {"max_selected_items": integer(1)}

IMAGE_ELEMENT = Shape(
    {"alt_text": string(1, 2000)},
    {"image_url": url(), "slack_file": SLACK_FILE},
    (exactly_one_of("image_url", "slack_file"),),
)
_BUTTON = Shape(
    {"text": plain(75)},
    {
        **_ID,
        "url": url(),
        "value": string(1, 2000),
        "style": one_of("primary", "danger"),
        "confirm": CONFIRM,
        "accessibility_label": string(1, 75),
    },
)
_ONE_LIST = (exactly_one_of("options", "option_groups"),)
_SELECTS: Mapping[str, Shape] = {
    "static_select": Shape(optional={**_MENU, **_STATIC, "initial_option": _OPTION}, rules=_ONE_LIST),
    "external_select": Shape(optional={**_MENU, "initial_option": _OPTION, "min_query_length": integer(0)}),
    "users_select": Shape(optional={**_MENU, "initial_user": string(1)}),
    "conversations_select": Shape(
        optional={
            **_MENU,
            **_RESPONSE_URL,
            "initial_conversation": string(1),
            "default_to_current_conversation": boolean,
            "filter": _FILTER,
        }
    ),
    "channels_select": Shape(optional={**_MENU, **_RESPONSE_URL, "initial_channel": string(1)}),
    "multi_static_select": Shape(
        optional={**_MENU, **_STATIC, **_MOST, "initial_options": many(_OPTION, 1, 100)}, rules=_ONE_LIST
    ),
    "multi_external_select": Shape(
        optional={**_MENU, **_MOST, "initial_options": many(_OPTION, 1, 100), "min_query_length": integer(0)}
    ),
    "multi_users_select": Shape(optional={**_MENU, **_MOST, "initial_users": many(string(1))}),
    "multi_conversations_select": Shape(
        optional={
            **_MENU,
            **_MOST,
            "initial_conversations": many(string(1)),
            "default_to_current_conversation": boolean,
            "filter": _FILTER,
        }
    ),
    "multi_channels_select": Shape(optional={**_MENU, **_MOST, "initial_channels": many(string(1))}),
}
_PICKERS: Mapping[str, Shape] = {
    "checkboxes": Shape(
        {"options": many(_MARKED_OPTION, 1, 10)},
        {**_ID, **_FOCUS, "confirm": CONFIRM, "initial_options": many(_MARKED_OPTION, 1, 10)},
    ),
    "radio_buttons": Shape(
        {"options": many(_MARKED_OPTION, 1, 10)},
        {**_ID, **_FOCUS, "confirm": CONFIRM, "initial_option": _MARKED_OPTION},
    ),
    "datepicker": Shape(optional={**_MENU, "initial_date": string(10, 10)}),
    "timepicker": Shape(optional={**_MENU, "initial_time": string(5, 5), "timezone": string(1)}),
    "datetimepicker": Shape(
        optional={**_ID, **_FOCUS, "confirm": CONFIRM, "initial_date_time": integer(10**9, 10**10 - 1)}
    ),
}
_OVERFLOW = Shape({"options": many(_OVERFLOW_OPTION, 1, 5)}, {**_ID, "confirm": CONFIRM})
_LENGTHS = {"min_length": integer(0, 3000), "max_length": integer(1, 3000)}
_FEEDBACK_BUTTON = Shape({"text": plain(75), "value": string(1, 2000)}, {"accessibility_label": string(1, 75)})

ACTION_ELEMENTS: Mapping[str, Shape] = {
    "button": _BUTTON,
    "overflow": _OVERFLOW,
    "workflow_button": Shape({"text": plain(75), "workflow": anything}, {**_ID, "style": one_of("primary", "danger")}),
    **_SELECTS,
    **_PICKERS,
}
SECTION_ELEMENTS: Mapping[str, Shape] = {**ACTION_ELEMENTS, "image": IMAGE_ELEMENT}
INPUT_ELEMENTS: Mapping[str, Shape] = {
    **_SELECTS,
    **_PICKERS,
    "plain_text_input": Shape(optional={**_TYPED, **_LENGTHS, "initial_value": string(0, 3000), "multiline": boolean}),
    "rich_text_input": Shape(optional={**_TYPED, "initial_value": typed({"rich_text": RICH_TEXT}, "rich text")}),
    "email_text_input": Shape(optional={**_TYPED, "initial_value": string()}),
    "url_text_input": Shape(optional={**_TYPED, "initial_value": string()}),
    "number_input": Shape(
        {"is_decimal_allowed": boolean},
        {**_TYPED, "initial_value": string(), "min_value": string(), "max_value": string()},
    ),
    "file_input": Shape(optional={**_ID, "filetypes": many(string(1)), "max_files": integer(1, 10)}),
}
CONTEXT_ACTION_ELEMENTS: Mapping[str, Shape] = {
    "feedback_buttons": Shape({"positive_button": _FEEDBACK_BUTTON, "negative_button": _FEEDBACK_BUTTON}, _ID),
    "icon_button": Shape(
        {"icon": one_of("trash"), "text": plain(75)},
        {
            **_ID,
            "value": string(1, 2000),
            "confirm": CONFIRM,
            "accessibility_label": string(1, 75),
            "visible_to_user_ids": many(string(1)),
        },
    ),
}
