import { Code2, Workflow } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { copyText } from "../copying/clipboard.ts";
import { CodeBlock } from "../markdown/code-block.tsx";
import { CopyButton } from "../markdown/copy-button.tsx";
import { t } from "../text/index.ts";
import { type Drawn, drawDiagram } from "./drawing-frame.ts";
import { useDark } from "./use-dark.ts";

const LEAST_WIDTH = 520;

/** A Mermaid diagram as a picture, with its source on demand. What cannot be drawn is shown as its source. */
export function Diagram({ source, incomplete }: { source: string; incomplete: boolean }): ReactNode {
  const dark = useDark();
  const drawn = useDrawn(source, dark, incomplete);
  const [sourceShown, setSourceShown] = useState(false);
  if (incomplete) return <CodeBlock code={source} language="mermaid" incomplete />;
  if (drawn instanceof Error) {
    return (
      <>
        <p className="aika-aside">
          {t("This diagram could not be drawn: {reason}", { reason: firstLine(drawn.message) })}
        </p>
        <CodeBlock code={source} language="mermaid" incomplete={false} />
      </>
    );
  }
  return (
    <figure className="aika-diagram">
      {sourceShown ? (
        <CodeBlock code={source} language="mermaid" incomplete={false} />
      ) : (
        <Picture drawn={drawn} source={source} />
      )}
      <div className="aika-block-tools">
        <button
          type="button"
          className="aika-tool"
          onClick={() => setSourceShown(!sourceShown)}
          aria-pressed={sourceShown}
        >
          {sourceShown ? <Workflow aria-hidden size={14} /> : <Code2 aria-hidden size={14} />}
          <span>{sourceShown ? t("Diagram") : t("Source")}</span>
        </button>
        <CopyButton label={t("Copy the diagram's source")} copy={() => copyText(source)} />
      </div>
    </figure>
  );
}

function Picture({ drawn, source }: { drawn: Drawn | null; source: string }): ReactNode {
  if (drawn === null)
    return <div className="aika-diagram-waiting" role="status" aria-label={t("Drawing the diagram")} />;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    // biome-ignore lint/a11y/useSemanticElements: a section would be one landmark more for each diagram
    <div className="aika-diagram-picture" role="group" tabIndex={0} aria-label={t("Diagram")}>
      <img
        src={drawn.address}
        width={drawn.width}
        height={drawn.height}
        // Smaller than this nobody could read it: then it scrolls.
        style={{ minWidth: Math.min(drawn.width, LEAST_WIDTH) }}
        alt={t("Diagram: {source}", { source: source.slice(0, 300) })}
      />
    </div>
  );
}

function useDrawn(source: string, dark: boolean, incomplete: boolean): Drawn | Error | null {
  const [outcome, setOutcome] = useState<Drawn | Error | null>(null);
  useEffect(() => {
    if (incomplete) return;
    let current = true;
    drawDiagram(source, dark).then(
      (drawn) => current && setOutcome(drawn),
      (error: unknown) => current && setOutcome(error instanceof Error ? error : new Error(String(error))),
    );
    return () => {
      current = false;
    };
  }, [source, dark, incomplete]);
  return outcome;
}

function firstLine(message: string): string {
  return message.split("\n", 1)[0]?.slice(0, 160) ?? "";
}
