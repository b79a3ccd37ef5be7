"""The defenses of the web app's own code: those that units show, and those that only a browser shows."""

from web_defenses import Defense

_API = "src/aika/surfaces/api"
_REACT = "web/packages/react/src"
_CONSOLE = "web/apps/console/src"

_CSV = ("packages/react/src/copying",)
_MARKDOWN = ("packages/react/src/markdown",)
_DIAGRAM = ("packages/react/src/diagram",)

UNITS = (
    Defense(
        "No formulas in copied tables and charts",
        f"{_REACT}/copying/csv.ts",
        "NUMBER.test(value) ? value : guarded(value)",
        "value",
        (*_CSV, "apps/console/src/charts"),
    ),
    Defense("No formulas behind semicolons, in the app", f"{_REACT}/copying/csv.ts", r"(^|[;\t\r\n])", "(^)", _CSV),
    Defense(
        "Raw HTML is text",
        f"{_REACT}/markdown/markdown.tsx",
        "        rehypePlugins={NO_STEPS}\n        remarkPlugins={ANSWER_STEPS}",
        "        remarkPlugins={[GFM, MATH, CITATIONS]}",
        _MARKDOWN,
    ),
    Defense(
        "Links by protocol",
        f"{_REACT}/markdown/addresses.ts",
        'url.protocol !== "https:" && url.protocol !== "http:"',
        "false",
        _MARKDOWN,
    ),
    Defense(
        "Links without names and passwords",
        f"{_REACT}/markdown/addresses.ts",
        "url.username || url.password",
        "false",
        _MARKDOWN,
    ),
    Defense(
        "Links to cited documents only",
        f"{_REACT}/markdown/addresses.ts",
        "page !== null && pages.has(page) &&",
        "page !== null &&",
        _MARKDOWN,
    ),
    Defense(
        "Pictures are their words",
        f"{_REACT}/markdown/elements.tsx",
        '<span className="text-muted">{alt ?',
        '<span className="text-muted"><img src={String(node?.properties.src)} alt="" />{alt ?',
        _MARKDOWN,
    ),
    Defense(
        "Links do not hand the window over",
        f"{_REACT}/markdown/elements.tsx",
        ' rel="noreferrer noopener"',
        ' rel="opener"',
        _MARKDOWN,
    ),
    Defense(
        "Formulas do nothing (KaTeX's trust)",
        f"{_REACT}/markdown/draw-formula.ts",
        "trust: false",
        "trust: true",
        _MARKDOWN,
    ),
    Defense(
        "The frame that draws has no origin",
        f"{_REACT}/diagram/drawing-frame.ts",
        '"sandbox", "allow-scripts"',
        '"sandbox", "allow-scripts allow-same-origin"',
        _DIAGRAM,
    ),
    Defense(
        "Drawings of the frame's window only",
        f"{_REACT}/diagram/drawing-frame.ts",
        "from === null || message.source !== from || ",
        "from === null || ",
        _DIAGRAM,
    ),
    Defense(
        "Drawings without an origin only",
        f"{_REACT}/diagram/drawing-frame.ts",
        " || message.origin !== NO_ORIGIN",
        "",
        _DIAGRAM,
    ),
    Defense(
        "Drawings of the right shape only",
        f"{_REACT}/diagram/messages.ts",
        """    data.type === "aika-drawn" &&
    typeof data.svg === "string" &&
    Number.isFinite(data.width) &&
    Number.isFinite(data.height)
""",
        '    data.type === "aika-drawn"\n',
        _DIAGRAM,
    ),
    Defense(
        "A diagram is a picture",
        f"{_REACT}/diagram/diagram.tsx",
        "      <img\n        src={drawn.address}",
        "      <object data={drawn.address} />\n      <img\n        src={drawn.address}",
        _DIAGRAM,
    ),
    Defense(
        "Redirect after sign-in, in the app",
        f"{_CONSOLE}/pages/sign-in/asked.ts",
        'place?.origin === location.origin ? `${place.pathname}${place.search}${place.hash}` : "/"',
        "then",
        ("apps/console/src/pages/sign-in",),
    ),
    Defense(
        "A failed sign-in does not go in circles",
        f"{_CONSOLE}/pages/sign-in/asked.ts",
        "&& problem === null",
        "",
        ("apps/console/src/pages/sign-in",),
    ),
)

_MESSAGES = ("tests/web/test_strangers_messages.py",)

BROWSER = (
    Defense(
        "The widget hears aika's origin only", f"{_API}/widget/widget.js", "event.origin === server && ", "", _MESSAGES
    ),
    Defense(
        "The widget hears its own frame only",
        f"{_API}/widget/widget.js",
        "event.source === frame?.contentWindow && ",
        "",
        _MESSAGES,
    ),
    Defense(
        "Strangers cannot open the frame that draws",
        f"{_API}/response_headers.py",
        "form-action 'none'; frame-ancestors 'self'",
        "form-action 'none'",
        _MESSAGES,
    ),
    Defense(
        "The embedded page hears the page around it only",
        f"{_CONSOLE}/pages/embed/host-page.ts",
        "event.source === window.parent && ",
        "",
        _MESSAGES,
        rebuilt=True,
    ),
    Defense(
        "The frame draws for its own page only",
        f"{_REACT}/diagram/draw.ts",
        "message.source === window.parent && message.origin === PAGE_ORIGIN",
        "true",
        _MESSAGES,
        rebuilt=True,
    ),
    Defense(
        "The frame speaks to its own page only",
        f"{_REACT}/diagram/draw.ts",
        "postMessage(message, PAGE_ORIGIN)",
        'postMessage(message, "*")',
        _MESSAGES,
        rebuilt=True,
    ),
    Defense(
        "Mermaid is strict",
        f"{_REACT}/diagram/draw.ts",
        'securityLevel: "strict"',
        'securityLevel: "loose"',
        _MESSAGES,
        rebuilt=True,
    ),
    Defense(
        "A diagram cannot make Mermaid less strict",
        f"{_REACT}/diagram/draw.ts",
        '      "secure",\n      "securityLevel",\n',
        "",
        _MESSAGES,
        rebuilt=True,
    ),
)
