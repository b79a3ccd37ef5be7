/** What the elements of Markdown become. Attributes are chosen here one by one; none are handed through. */

import type { Element } from "hast";
import { type ReactNode, use } from "react";
import { type Components, type ExtraProps, useIsCodeFenceIncomplete } from "streamdown";
import { CitationChip } from "../answer/citation-chip.tsx";
import { Diagram } from "../diagram/diagram.tsx";
import { t } from "../text/index.ts";
import { allowedAddress } from "./addresses.ts";
import { CodeBlock } from "./code-block.tsx";
import { MarkdownContext } from "./context.ts";
import { Formula } from "./formula.tsx";
import { Table } from "./table.tsx";
import { textOf } from "./text-of.ts";

const HEADINGS = ["h3", "h4", "h5", "h6"] as const;

type Given = ExtraProps & { children?: ReactNode };

function Link({ node, children }: Given) {
  const { pages } = use(MarkdownContext);
  const href = typeof node?.properties.href === "string" ? node.properties.href : undefined;
  const address = allowedAddress(href, pages);
  if (address !== null) {
    return (
      <a href={address} target="_blank" rel="noreferrer noopener">
        {children}
      </a>
    );
  }
  // Streamdown's mark for a link whose address is still arriving.
  if (href?.startsWith("streamdown:")) return <>{children}</>;
  const label = node ? textOf(node) : "";
  const shown = href?.replace(/^(mailto:|https?:\/\/)/, "").replace(/\/$/, "");
  if (!href || href.startsWith("#") || label === href || label.replace(/\/$/, "") === shown) return <>{children}</>;
  return (
    <>
      {children} <code className="aika-address">{href}</code>
    </>
  );
}

function Picture({ node }: Given) {
  const alt = typeof node?.properties.alt === "string" ? node.properties.alt : "";
  return <span className="text-muted">{alt ? t("[picture: {alt}]", { alt }) : t("[picture]")}</span>;
}

function Preformatted({ node }: Given) {
  const incomplete = useIsCodeFenceIncomplete();
  const code = node?.children.find((child): child is Element => child.type === "element" && child.tagName === "code");
  if (code === undefined) return <pre>{node ? textOf(node) : null}</pre>;
  const text = textOf(code).replace(/\n$/, "");
  const classes = classesOf(code);
  if (classes.includes("math-display")) return <Formula tex={text} display />;
  const name = classes.find((one) => one.startsWith("language-"))?.slice("language-".length) ?? "";
  const isPassage = node?.properties.dataPassage !== undefined;
  if (name === "mermaid") return <Diagram source={text} incomplete={incomplete} />;
  return <CodeBlock code={text} language={name} incomplete={incomplete} passage={isPassage} />;
}

function InlineCode({ node, children }: Given) {
  if (node && classesOf(node).includes("math-inline")) return <Formula tex={textOf(node)} display={false} />;
  return <code>{children}</code>;
}

function Cite({ node }: Given) {
  const marker = Number(node?.properties.dataMarker);
  const { citations, provisional, onOpen, open } = use(MarkdownContext);
  const citation = citations.get(marker);
  if (citation === undefined && !provisional) return <>{`[${marker}]`}</>;
  return (
    <CitationChip
      marker={marker}
      {...(citation ? { citation } : {})}
      {...(onOpen ? { onOpen } : {})}
      open={open === marker}
    />
  );
}

function TaskBox({ node }: Given) {
  const done = node?.properties.checked === true;
  return <input type="checkbox" checked={done} readOnly disabled aria-label={done ? t("done") : t("to do")} />;
}

function Mark({ children }: Given) {
  return <mark data-passage="">{children}</mark>;
}

function Heading({ node, children }: Given) {
  const level = Number(node?.tagName.slice(1)) || 1;
  // An answer stands below its question, which is a second-level heading. Many answers begin with a second level too.
  const Tag = HEADINGS[Math.min(HEADINGS.length - 1, Math.max(0, level - 2))] ?? "h6";
  return <Tag data-level={level}>{children}</Tag>;
}

function Ordered({ node, children }: Given) {
  const start = Number(node?.properties.start ?? 1);
  return <ol start={Number.isSafeInteger(start) ? start : 1}>{children}</ol>;
}

function Cell({ node, children }: Given) {
  const align = node?.properties.align;
  const known = align === "left" || align === "right" || align === "center" ? align : undefined;
  if (node?.tagName === "th") {
    return (
      <th scope="col" data-align={known}>
        {children}
      </th>
    );
  }
  return <td data-align={known}>{children}</td>;
}

function classesOf(element: Element): readonly string[] {
  const names = element.properties.className;
  return Array.isArray(names) ? names.map(String) : [];
}

export const ELEMENTS: Components = {
  a: Link,
  img: Picture,
  pre: Preformatted,
  code: InlineCode,
  cite: Cite,
  input: TaskBox,
  mark: Mark,
  table: ({ children }: Given) => <Table>{children}</Table>,
  h1: Heading,
  h2: Heading,
  h3: Heading,
  h4: Heading,
  h5: Heading,
  h6: Heading,
  p: ({ children }: Given) => <p>{children}</p>,
  ul: ({ children }: Given) => <ul>{children}</ul>,
  ol: Ordered,
  li: ({ children }: Given) => <li>{children}</li>,
  blockquote: ({ children }: Given) => <blockquote>{children}</blockquote>,
  strong: ({ children }: Given) => <strong>{children}</strong>,
  em: ({ children }: Given) => <em>{children}</em>,
  del: ({ children }: Given) => <del>{children}</del>,
  thead: ({ children }: Given) => <thead>{children}</thead>,
  tbody: ({ children }: Given) => <tbody>{children}</tbody>,
  tr: ({ children }: Given) => <tr>{children}</tr>,
  td: Cell,
  th: Cell,
  hr: () => <hr />,
  br: () => <br />,
};
