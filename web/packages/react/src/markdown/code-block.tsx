import { type ReactNode, useEffect, useState } from "react";
import { copyText } from "../copying/clipboard.ts";
import { t } from "../text/index.ts";
import { CopyButton } from "./copy-button.tsx";
import type { Line } from "./highlight.ts";

const COLORED_AT_MOST = 30_000;

export interface CodeBlockProps {
  readonly code: string;
  readonly language: string;
  /** Whether more of it is still arriving. */
  readonly incomplete: boolean;
  /** Whether it is the passage that was looked for. */
  readonly passage?: boolean;
}

/** A block of code: colored once it is whole and its language has loaded, readable before. */
export function CodeBlock({ code, language, incomplete, passage = false }: CodeBlockProps): ReactNode {
  const lines = useColored(code, language, incomplete);
  return (
    <figure className="aika-code" {...(passage ? { "data-passage": "" } : {})}>
      <figcaption>
        <span>{language || t("text")}</span>
        <CopyButton label={t("Copy code")} copy={() => copyText(code)} text={t("Copy")} />
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre tabIndex={0}>
        <code>{lines === null ? code : lines.map((line, at) => <CodeLine key={at} line={line} />)}</code>
      </pre>
    </figure>
  );
}

function CodeLine({ line }: { line: Line }): ReactNode {
  return (
    <>
      {line.map((token, at) => (
        <span key={at} {...(token.role ? { "data-code": token.role } : {})}>
          {token.text}
        </span>
      ))}
      {"\n"}
    </>
  );
}

function useColored(code: string, language: string, incomplete: boolean): readonly Line[] | null {
  const [lines, setLines] = useState<{ code: string; lines: readonly Line[] } | null>(null);
  useEffect(() => {
    if (incomplete || !language || code.length > COLORED_AT_MOST) return;
    let current = true;
    import("./highlight.ts")
      .then(({ highlighted }) => highlighted(code, language))
      .then((found) => current && found !== null && setLines({ code, lines: found }))
      // Code without colors is still the code.
      .catch(() => current && setLines(null));
    return () => {
      current = false;
    };
  }, [code, language, incomplete]);
  return lines?.code === code ? lines.lines : null;
}
