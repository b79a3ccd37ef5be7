import { useEffect, useRef, useState } from "react";

const FRAME = 33;
/** How many frames it takes to catch up with what has arrived. */
const LAG = 7;
const LEAST = 2;

/** Returns as much of a growing text as should be shown now: it catches up smoothly, a little faster the more is waiting. */
export function useRevealed(text: string): string {
  const [length, setLength] = useState(0);
  const arrived = useRef(text.length);
  arrived.current = text.length;
  const waiting = length < text.length;
  useEffect(() => {
    if (!waiting) return;
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
      setLength(arrived.current);
      return;
    }
    const timer = setInterval(() => setLength((shown) => nextLength(shown, arrived.current)), FRAME);
    return () => clearInterval(timer);
  }, [waiting]);
  return text.slice(0, length);
}

/** Returns the length to show one frame later. */
export function nextLength(shown: number, arrived: number): number {
  if (shown >= arrived) return arrived;
  return Math.min(arrived, shown + Math.max(LEAST, Math.ceil((arrived - shown) / LAG)));
}
