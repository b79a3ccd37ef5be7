import { useEffect, useRef, useState } from "react";

const FRAME = 33;
/** How many frames it takes to catch up with what has arrived. */
const LAG = 7;
const LEAST = 2;

/**
 * Returns as much of a growing text as should be shown now: it catches up smoothly, a little faster the more is waiting.
 * A text that was not seen growing is shown whole.
 */
export function useRevealed(text: string, growing: boolean): string {
  const [length, setLength] = useState(growing ? 0 : text.length);
  const [grew, setGrew] = useState(growing);
  if (growing && !grew) setGrew(true);
  const arrived = useRef(text.length);
  arrived.current = text.length;
  const waiting = grew && length < text.length;
  useEffect(() => {
    if (!waiting) return;
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
      setLength(arrived.current);
      return;
    }
    const timer = setInterval(() => setLength((shown) => nextLength(shown, arrived.current)), FRAME);
    return () => clearInterval(timer);
  }, [waiting]);
  return grew ? text.slice(0, length) : text;
}

/** Returns the length to show one frame later. */
export function nextLength(shown: number, arrived: number): number {
  if (shown >= arrived) return arrived;
  return Math.min(arrived, shown + Math.max(LEAST, Math.ceil((arrived - shown) / LAG)));
}
