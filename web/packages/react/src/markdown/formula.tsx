import { type ReactNode, useEffect, useRef, useState } from "react";
import { t } from "../text/index.ts";

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
  const shown = (
    <>
      <span ref={place} hidden={!drawn} />
      {drawn ? null : <code>{source}</code>}
    </>
  );
  if (!display) return <span className="aika-formula">{shown}</span>;
  return (
    // biome-ignore lint/a11y/useSemanticElements: within a paragraph there is no other element for a group
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <span className="aika-formula aika-formula-display" role="group" aria-label={t("Formula")} tabIndex={0}>
      {shown}
    </span>
  );
}
