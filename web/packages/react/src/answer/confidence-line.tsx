import type { ChatCompletion, SignalView } from "@aika/client";
import { ChevronDown, Minus, Plus } from "lucide-react";
import { type ReactNode, useId, useState } from "react";
import { formatShare, t } from "../text/index.ts";
import { cn } from "../ui/classes.ts";
import { confidenceInTen, confidenceReasons, confidenceSentence } from "./confidence-words.ts";

const BARS = { low: 1, medium: 2, high: 3 } as const;
const TONES = { low: "text-bad", medium: "text-warn", high: "text-good" } as const;

/** How sure aika is, as a sentence, with its reasons on demand. */
export function ConfidenceLine({ completion }: { completion: ChatCompletion }): ReactNode {
  const [open, setOpen] = useState(false);
  const id = useId();
  const { band } = completion.confidence;
  const reasons = confidenceReasons(completion);
  const hasReasons = reasons.for.length + reasons.against.length > 0;
  const isGeneral = completion.origin === "general";
  return (
    <div className="text-sm">
      <p className="flex items-baseline gap-2.5">
        <Bars filled={isGeneral ? 0 : BARS[band]} tone={isGeneral ? "text-faint" : TONES[band]} />
        <span>
          {confidenceSentence(completion)}
          {hasReasons && (
            <button
              type="button"
              aria-expanded={open}
              aria-controls={id}
              onClick={() => setOpen(!open)}
              className="-my-1 ml-1.5 inline-flex items-center gap-1 rounded-md px-1.5 py-1 text-muted hover:bg-sunken hover:text-ink"
            >
              {t("Why?")}
              <ChevronDown aria-hidden className={cn("size-3.5 transition-transform", open && "rotate-180")} />
            </button>
          )}
        </span>
      </p>
      <div id={id} hidden={!open} className="mt-2 animate-appear rounded-xl border border-line bg-surface px-4 py-3">
        <p className="text-muted">
          {confidenceInTen(completion)}{" "}
          <span className="text-faint">
            {t("Confidence {share}", { share: formatShare(completion.confidence.value) })}
          </span>
        </p>
        <Reasons title={t("Speaks for it")} signals={reasons.for} sign="for" />
        <Reasons title={t("Speaks against it")} signals={reasons.against} sign="against" />
      </div>
    </div>
  );
}

function Reasons({ title, signals, sign }: { title: string; signals: readonly SignalView[]; sign: "for" | "against" }) {
  if (signals.length === 0) return null;
  const Sign = sign === "for" ? Plus : Minus;
  return (
    <>
      <h4 className="mt-3 text-xs font-medium text-muted">{title}</h4>
      <ul className="mt-1 flex flex-col gap-1">
        {signals.map((signal) => (
          <li key={signal.name} className="flex gap-2">
            <Sign aria-hidden className={cn("mt-1 size-3.5 shrink-0", sign === "for" ? "text-good" : "text-bad")} />
            <span>{signal.explanation}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

function Bars({ filled, tone }: { filled: number; tone: string }) {
  return (
    <svg aria-hidden="true" viewBox="0 0 15 14" className={cn("h-3.5 w-[15px] shrink-0", tone)}>
      {[0, 1, 2].map((bar) => (
        <rect
          key={bar}
          x={bar * 5.5}
          y={9 - bar * 4.5}
          width="4"
          height={5 + bar * 4.5}
          rx="1.25"
          fill="currentColor"
          opacity={bar < filled ? 1 : 0.22}
        />
      ))}
    </svg>
  );
}
