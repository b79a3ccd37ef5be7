"""Texts that try to run something or to send something away, as a document, a model or a person could write them.

``{ran}`` in them is a script that sets the canary, ``{away}`` an address on another origin that must never be asked for anything.
"""

from watching import CANARY

_HTML = {
    "script": "<script>{ran}</script>",
    "script in capitals, unclosed": "<SCRIPT>{ran}//",
    "script elsewhere": '<script src="{away}"></script>',
    "image with a handler": '<img src="x" onerror="{ran}">',
    "image without quotes": "<img/src=x/onerror={ran}>",
    "picture source": '<picture><source srcset="{away} 1x"><img src="{away}"></picture>',
    "svg with a handler": '<svg onload="{ran}"><circle r="9"/></svg>',
    "svg with a script": "<svg><script>{ran}</script></svg>",
    "svg that animates a link": "<svg><a>"
    '<animate attributeName="href" values="javascript:{ran}"/><text y="20">x</text></a></svg>',
    "svg that uses another": '<svg><use href="{away}#x"/></svg>',
    "svg with foreign content": "<svg><foreignObject><body onload='{ran}'></body></foreignObject></svg>",
    "mathml link": '<math><mtext href="javascript:{ran}">x</mtext>'
    '<maction actiontype="statusline" xlink:href="javascript:{ran}">y</maction></math>',
    "mathml that mutates": "<math><mtext><table><mglyph><style><!--</style>"
    '<img title="--&gt;&lt;img src=x onerror={ran}&gt;">',
    "noscript that mutates": '<noscript><p title="</noscript><img src=x onerror={ran}>">',
    "frame": '<iframe src="javascript:{ran}"></iframe>',
    "frame with a document": '<iframe srcdoc="&lt;script&gt;parent.{ran}&lt;/script&gt;"></iframe>',
    "object": '<object data="data:text/html,&lt;script&gt;parent.{ran}&lt;/script&gt;"></object>',
    "embed": '<embed src="{away}">',
    "video": '<video autoplay><source onerror="{ran}" src="x"></video><audio src="{away}" autoplay></audio>',
    "details that opens": '<details open ontoggle="{ran}"><summary>x</summary></details>',
    "focus by itself": '<input autofocus onfocus="{ran}"><a href="#" tabindex="0" autofocus onfocus="{ran}">x</a>',
    "animation that starts": '<style>@keyframes x{}</style><p style="animation-name:x" onanimationstart="{ran}">x</p>',
    "styles from elsewhere": '<style>@import url("{away}"); body{background:url({away})}</style>'
    '<p style="background:url({away})">x</p>',
    "link that is fetched before": '<link rel="prefetch" href="{away}"><link rel="stylesheet" href="{away}">'
    '<link rel="preload" as="image" href="{away}">',
    "refresh": '<meta http-equiv="refresh" content="0;url={away}">',
    "base": '<base href="{away}/">',
    "form": '<form action="{away}" id="documentElement"><input name="attributes"><button autofocus>Sign in again</button></form>',
    "names that hide the page's own": '<a id="__proto__"></a><form name="getElementById"></form><img name="querySelector">',
    "comment": "<!--><img src=x onerror={ran}>-->",
    "entities": "&lt;img src=x onerror={ran}&gt; &#60;script&#62;{ran}&#60;/script&#62;",
    "custom element": '<x-onclick onclick="{ran}" onmouseover="{ran}" contenteditable autofocus>x</x-onclick>',
    "slot": '<template shadowrootmode="open"><script>{ran}</script><img src="{away}"></template>',
}

_MARKDOWN = {
    "link to a script": "[click](javascript:{ran})",
    "link in capitals": "[click](JaVaScRiPt:{ran})",
    "link with an entity": "[click](&#106;avascript:{ran}) [click](javascript&colon;{ran})",
    "link with a tab": "[click](java&#9;script:{ran}) [click](<java\tscript:{ran}>)",
    "link with a control character": "[click](&#1;javascript:{ran}) [click](%6Aavascript:{ran})",
    "link to data": "[click](data:text/html;base64,PHNjcmlwdD5vcGVuZXIuX19wd25lZD0xPC9zY3JpcHQ+)",
    "link to vbscript": "[click](vbscript:msgbox(1)) [click](file:///etc/passwd) [click](blob:{away}/x)",
    "link in angle brackets": "<javascript:{ran}> <data:text/html,x>",
    "link by reference": "[click][bad]\n\n[bad]: javascript:{ran}",
    "link that breaks out": '[click](https://example.org/"onmouseover="{ran})'
    ' [click](https://example.org "x\\" onclick=\\"{ran}")',
    "citation that is a link": "As was said [1](javascript:{ran}) and [[1]](javascript:{ran}).",
    "footnote": "Said[^1].\n\n[^1]: <img src=x onerror={ran}> [x](javascript:{ran})",
    "image from elsewhere": "![the figures]({away})",
    "image with a size": '![x]({away} "title=x onerror={ran}")',
    "image by reference": "![x][pixel]\n\n[pixel]: {away}",
    "image inside a link": "[![x]({away})]({away})",
    "image without a protocol": "![x](//{host}/leak.png) ![x](\\\\{host}\\leak.png)",
    "image of data": "![x](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9InBhcmVudC5fX3B3bmVkPTEiLz4=)",
    "image in a table": "| a | b |\n|---|---|\n| ![x]({away}) | <img src=x onerror={ran}> |",
    "code fence's language": '```js"onmouseover="{ran}\nx\n```\n\n```"><img src=x onerror={ran}>\nx\n```',
    "code that is markup": "```html\n<script>{ran}</script><img src={away}>\n```\n\n`<img src=x onerror={ran}>`",
    "heading": "# <img src=x onerror={ran}> {#x onclick={ran}}",
    "task list": '- [ ] <input type=image src="{away}" onerror={ran}>',
    "direction overrides": "safe\u202egpj.exe\u2066[x](javascript:{ran})\u2069 a\u200bb\ufeffc\U000e0041",
    "nesting without end": ">" * 400 + " deep " + "[" * 400 + "x" + "](javascript:{ran})" * 3,
    "emphasis without end": "*a_" * 600,
}

_FORMULAS = {
    "formula with a link": r"\href{javascript:{ran}}{x}",
    "formula with an address": r"\url{javascript:{ran}}",
    "formula with a picture": r"\includegraphics[height=1em]{{away}}",
    "formula with data": r"\htmlData{x=1}{y}\htmlId{root}{z}\htmlClass{fixed inset-0}{c}",
    "formula with a style": r"\htmlStyle{background:url({away})}{x}",
    "formula without end": r"\def\a{\a\a}\a",
    "formula that defines": r"\gdef\x{\href{javascript:{ran}}{y}}\x",
    "formula that is huge": r"\rule{999999em}{999999em}",
    "formula with markup": r"\text{<img src=x onerror={ran}>}",
}

_DIAGRAMS = {
    "diagram with a callback": 'graph TD\n  A[x]-->B\n  click A call alert("{ran}")\n  click B href "javascript:{ran}" "tip"',
    "diagram with markup": 'graph TD\n  A["<img src=x onerror={ran}>"]-->B["<script>{ran}</script>"]',
    "diagram with a picture": 'graph TD\n  A["<img src={away}>"]\n  B@{ img: "{away}", label: "x" }',
    "diagram that loosens the rules": '%%{init: {"securityLevel": "loose", '
    '"htmlLabels": true, "flowchart": {"htmlLabels": true}}}%%\n'
    'graph TD\n  A["<img src=x onerror={ran}>"]\n  click A href "javascript:{ran}"',
    "diagram with styles": '%%{init: {"themeCSS": "@import url(\'{away}\'); '
    '* { background: url({away}) }"}}%%\ngraph TD\n  A-->B\n'
    "  style A fill:url({away})",
    "diagram with a font": '%%{init: {"fontFamily": "x; background:url({away})", "themeVariables": {"lineColor": "red;} * '
    '{background:url({away})}"}}}%%\nsequenceDiagram\n  Alice->>Bob: <img src=x onerror={ran}>\n  '
    "link Alice: x @ javascript:{ran}",
    "diagram in front matter": "---\nconfig:\n  securityLevel: loose\n  __proto__:\n    polluted: true\n---\ngraph TD\n  A-->B",
    "diagram with a formula": 'graph TD\n  A["$$\\href{javascript:{ran}}{x}$$"]',
    "diagram that is broken": "graph TD\n  A[<img src=x onerror={ran}>",
}


def payloads(away: str) -> dict[str, str]:
    """Return every text by what it tries. ``away`` is the other origin, such as ``http://127.0.0.1:9001``."""
    formulas = {name: f"$${formula}$$\n\nand inline $${formula}$$ too" for name, formula in _FORMULAS.items()}
    diagrams = {name: f"```mermaid\n{diagram}\n```" for name, diagram in _DIAGRAMS.items()}
    texts = {**_HTML, **_MARKDOWN, **formulas, **diagrams}
    return {name: filled(text, name, away) for name, text in texts.items()}


def filled(text: str, name: str, away: str) -> str:
    """Return a text with its script and its address in place. The script leaves the name where a test finds it."""
    slug = name.replace(" ", "-").replace("'", "")
    # Without quotes, blanks and backticks, so that it survives wherever it stands.
    ran = f"window.{CANARY}=[window.{CANARY},/{slug}/.source]"
    host = away.split("//", 1)[1]
    return text.replace("{ran}", ran).replace("{away}", f"{away}/{slug}.png").replace("{host}", host)
