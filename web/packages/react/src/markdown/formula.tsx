import { type ReactNode, useEffect, useRef, useState } from "react";

/**
 * A formula. Its source is shown until KaTeX has arrived, and when it is not one.
 *
 * KaTeX builds elements itself (never from HTML), may not follow addresses, and cannot grow without end.
 */
export function Formula({ tex, display }: { tex: string; display: boolean }): ReactNode {
  const place = useRef<HTMLSpanElement>(null);
  const [drawn, setDrawn] = useState(false);
  useEffect(() => {
    let current = true;
    import("./draw-formula.ts")
      .then(({ drawFormula }) => {
        if (current && place.current !== null) setDrawn(drawFormula(tex, place.current, display));
      })
      // A formula that cannot be drawn stays readable as its source.
      .catch(() => current && setDrawn(false));
    return () => {
      current = false;
    };
  }, [tex, display]);
  const source = display ? `$$${tex}$$` : `$${tex}$`;
  return (
    <span className={display ? "aika-formula aika-formula-display" : "aika-formula"}>
      <span ref={place} hidden={!drawn} />
      {drawn ? null : <code>{source}</code>}
    </span>
  );
}
