import { cn } from "@aika/react/ui";
import type { ReactNode } from "react";
import "./charts.css";

/** A line the size of a word: the way of one number. The label says it in words; gaps are what is not known. */
export function Sparkline({
  label,
  values,
  least,
  most,
  width = 96,
  height = 28,
  className,
}: {
  /** Such as "Score, last 30 days: from 71 to 84". */
  label: string;
  values: readonly (number | null)[];
  least?: number;
  most?: number;
  width?: number;
  height?: number;
  className?: string;
}): ReactNode {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return null;
  const low = least ?? Math.min(...known);
  const high = most ?? Math.max(...known);
  const x = (at: number) => 3 + (values.length === 1 ? 0.5 : at / (values.length - 1)) * (width - 6);
  const y = (value: number) => 3 + (high === low ? 0.5 : (high - value) / (high - low)) * (height - 6);
  const last = values.findLastIndex((value) => value !== null);
  return (
    <svg
      role="img"
      aria-label={label}
      width={width}
      height={height}
      className={cn("shrink-0 overflow-visible", className)}
    >
      <path d={pathOf(values, x, y)} fill="none" stroke="var(--chart-1)" strokeWidth="1.75" strokeLinejoin="round" />
      <circle cx={x(last)} cy={y(values[last] ?? low)} r="2.5" fill="var(--chart-1)" />
    </svg>
  );
}

/** A path through what is known, interrupted where nothing is. */
export function pathOf(
  values: readonly (number | null)[],
  x: (at: number) => number,
  y: (value: number) => number,
): string {
  let pen = false;
  return values
    .map((value, at) => {
      if (value === null) {
        pen = false;
        return "";
      }
      const step = `${pen ? "L" : "M"}${x(at).toFixed(1)} ${y(value).toFixed(1)}`;
      pen = true;
      return step;
    })
    .join("");
}
