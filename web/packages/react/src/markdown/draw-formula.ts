import katex from "katex";
import "katex/dist/katex.min.css";

const MOST = 4000;

/** Draws a formula into an element. Returns whether it could be drawn. */
export function drawFormula(tex: string, place: HTMLElement, display: boolean): boolean {
  if (tex.length > MOST) return false;
  try {
    katex.render(tex, place, {
      displayMode: display,
      throwOnError: true,
      strict: false,
      trust: false,
      maxExpand: 500,
      maxSize: 20,
      output: "htmlAndMathml",
    });
  } catch (error) {
    if (error instanceof katex.ParseError || error instanceof RangeError) return false;
    throw error;
  }
  return true;
}
