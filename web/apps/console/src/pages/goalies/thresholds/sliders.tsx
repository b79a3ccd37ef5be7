import { formatShare, t } from "@aika/react/text";
import { type ReactNode, useId } from "react";
import type { Pair } from "./pair.ts";

/** The two thresholds. Neither passes the other. */
export function Sliders({ pair, onChange }: { pair: Pair; onChange: (pair: Pair) => void }): ReactNode {
  const { medium, high } = pair;
  return (
    <div className="flex flex-col gap-5">
      <Slider
        label={t("Proposes to humans from")}
        help={t("Below, it leaves the question to people.")}
        value={medium}
        onChange={(value) => onChange({ medium: value, high: Math.max(value, high) })}
      />
      <Slider
        label={t("Answers by itself from")}
        help={t("Above, nobody looks at the answer first.")}
        value={high}
        onChange={(value) => onChange({ medium: Math.min(value, medium), high: value })}
      />
    </div>
  );
}

function Slider({
  label,
  help,
  value,
  onChange,
}: {
  label: string;
  help: string;
  value: number;
  onChange: (value: number) => void;
}): ReactNode {
  const id = useId();
  return (
    <div>
      <div className="flex items-baseline justify-between gap-4">
        <label htmlFor={id} className="text-sm font-medium">
          {label}
        </label>
        <output htmlFor={id} className="text-lg font-semibold tabular">
          {formatShare(value)}
        </output>
      </div>
      <input
        id={id}
        type="range"
        min={0}
        max={1}
        step={0.01}
        value={value}
        aria-valuetext={formatShare(value)}
        aria-describedby={`${id}-help`}
        onChange={(event) => onChange(Number(event.target.value))}
        className="mt-1 h-6 w-full cursor-pointer accent-(--accent)"
      />
      <p id={`${id}-help`} className="text-[0.8125rem] text-muted">
        {help}
      </p>
    </div>
  );
}
