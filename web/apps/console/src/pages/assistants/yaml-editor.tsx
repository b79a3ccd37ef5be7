import type { DraftProblemView } from "@aika/client";
import { t } from "@aika/react/text";
import { cn } from "@aika/react/ui";
import { CircleAlert, TriangleAlert } from "lucide-react";
import { type ReactNode, useMemo, useRef } from "react";
import { type Colored, coloredLine } from "./yaml-colors.ts";

const LINE = 22;
const COLORS: Readonly<Record<Colored["kind"], string>> = {
  key: "text-accent-strong",
  comment: "text-faint italic",
  mark: "text-muted",
  plain: "text-ink",
};
const TYPED = "col-start-1 row-start-1 px-3 py-3 font-mono text-[0.8125rem] leading-[22px] whitespace-pre";

/** YAML with line numbers, its colors, and the problems where they stand. Tab leaves it, as everywhere. */
export function YamlEditor({
  yaml,
  problems,
  onChange,
}: {
  yaml: string;
  problems: readonly DraftProblemView[];
  onChange: (yaml: string) => void;
}): ReactNode {
  const area = useRef<HTMLTextAreaElement>(null);
  const lines = useMemo(() => yaml.split("\n"), [yaml]);
  const byLine = useMemo(() => new Map(problems.map((problem) => [problem.line ?? 0, problem])), [problems]);
  const go = (line: number | null) => {
    if (line === null || area.current === null) return;
    const at = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    area.current.focus();
    area.current.setSelectionRange(at, at + (lines[line - 1]?.length ?? 0));
  };
  return (
    <div>
      <div className="max-h-[calc(100dvh-16rem)] overflow-auto rounded-xl border border-line bg-surface focus-within:border-accent focus-within:outline-2 focus-within:outline-accent/40">
        <div className="grid min-h-72 min-w-full w-max grid-cols-[auto_1fr]">
          <div aria-hidden="true" className="sticky left-0 z-10 rounded-l-xl bg-sunken py-3 text-right select-none">
            {lines.map((_, at) => (
              <LineNumber key={at} number={at + 1} problem={byLine.get(at + 1)} />
            ))}
          </div>
          <div className="grid">
            <div aria-hidden="true" className={cn(TYPED, "pointer-events-none")}>
              {lines.map((line, at) => (
                <div key={at} className={cn("h-[22px]", byLine.get(at + 1)?.doubt === false && "bg-bad-soft")}>
                  {coloredLine(line).map((piece, part) => (
                    <span key={part} className={COLORS[piece.kind]}>
                      {piece.text}
                    </span>
                  ))}
                </div>
              ))}
            </div>
            <textarea
              ref={area}
              value={yaml}
              onChange={(event) => onChange(event.target.value)}
              aria-label={t("The assistant as YAML")}
              aria-describedby="yaml-problems"
              aria-invalid={problems.some((problem) => !problem.doubt) || undefined}
              wrap="off"
              spellCheck={false}
              autoCapitalize="off"
              autoCorrect="off"
              rows={lines.length}
              className={cn(
                TYPED,
                "resize-none overflow-hidden bg-transparent text-transparent caret-ink outline-none",
              )}
              style={{ minHeight: lines.length * LINE + 24 }}
            />
          </div>
        </div>
      </div>
      <Problems problems={problems} onGo={go} />
    </div>
  );
}

function LineNumber({ number, problem }: { number: number; problem: DraftProblemView | undefined }) {
  return (
    <div
      className={cn(
        "h-[22px] min-w-9 px-2.5 font-mono text-xs leading-[22px] text-muted tabular",
        problem !== undefined && (problem.doubt ? "font-semibold text-warn" : "font-semibold text-bad"),
      )}
    >
      {number}
    </div>
  );
}

function Problems({
  problems,
  onGo,
}: {
  problems: readonly DraftProblemView[];
  onGo: (line: number | null) => void;
}): ReactNode {
  return (
    <ul id="yaml-problems" aria-live="polite" aria-label={t("Problems")} className="mt-2 flex flex-col gap-0.5">
      {problems.map((problem) => {
        const Picture = problem.doubt ? TriangleAlert : CircleAlert;
        return (
          <li key={`${problem.line}-${problem.place.join(".")}-${problem.message}`}>
            <button
              type="button"
              onClick={() => onGo(problem.line)}
              className="flex w-full items-start gap-2 rounded-lg px-2 py-1 text-left text-[0.8125rem] hover:bg-sunken"
            >
              <Picture
                aria-hidden="true"
                className={cn("mt-[3px] size-3.5 shrink-0", problem.doubt ? "text-warn" : "text-bad")}
              />
              <span className="min-w-0 break-words">
                {problem.line !== null && (
                  <span className="mr-1.5 text-muted">{t("Line {line}", { line: problem.line })}</span>
                )}
                {problem.place.length > 0 && <span className="font-mono text-xs">{problem.place.join(".")}</span>}{" "}
                {problem.message}
              </span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
