/** Runs inside the drawing frame. See `drawing-frame.ts`. */

import mermaid from "mermaid";
import { type FrameMessage, isDrawRequest } from "./messages.ts";

const FONT = 'ui-sans-serif, system-ui, -apple-system, "Segoe UI", sans-serif';

const LIGHT = {
  background: "#ffffff",
  primaryColor: "#eef2fe",
  primaryBorderColor: "#b4c2ee",
  primaryTextColor: "#1c2333",
  secondaryColor: "#f1f3f6",
  tertiaryColor: "#f8f9fb",
  lineColor: "#667085",
  textColor: "#1c2333",
  fontSize: "15px",
};
const DARK = {
  darkMode: true,
  background: "#17191f",
  primaryColor: "#252d44",
  primaryBorderColor: "#51639a",
  primaryTextColor: "#eef0f5",
  secondaryColor: "#282c34",
  tertiaryColor: "#1f232a",
  lineColor: "#a0a8b8",
  textColor: "#eef0f5",
  fontSize: "15px",
};

/** Whose frame this is: the page that serves it. The frame's own origin is none, so that its address is asked. */
const PAGE_ORIGIN = window.location.origin;

function say(message: FrameMessage): void {
  window.parent.postMessage(message, PAGE_ORIGIN);
}

async function draw(id: number, source: string, dark: boolean): Promise<void> {
  mermaid.initialize({
    startOnLoad: false,
    securityLevel: "strict",
    suppressErrorRendering: true,
    theme: "base",
    themeVariables: dark ? DARK : LIGHT,
    fontFamily: FONT,
    htmlLabels: false,
    maxTextSize: 20_000,
    maxEdges: 300,
    // What a diagram may not change about itself by directives in its source.
    secure: [
      "secure",
      "securityLevel",
      "startOnLoad",
      "maxTextSize",
      "maxEdges",
      "htmlLabels",
      "fontFamily",
      "suppressErrorRendering",
    ],
  });
  const { svg } = await mermaid.render(`diagram-${id}`, source);
  const sized = withSize(svg);
  say({ type: "aika-drawn", id, ...sized });
}

/** A picture needs its size in its root element to be shown as an image. */
function withSize(svg: string): { svg: string; width: number; height: number } {
  const parsed = new DOMParser().parseFromString(svg, "text/html").querySelector("svg");
  if (parsed === null) throw new Error("nothing was drawn");
  const box = (parsed.getAttribute("viewBox") ?? "").split(/[\s,]+/).map(Number);
  const width = box[2] || 600;
  const height = box[3] || 400;
  parsed.setAttribute("width", String(width));
  parsed.setAttribute("height", String(height));
  parsed.style.maxWidth = "";
  return { svg: new XMLSerializer().serializeToString(parsed), width, height };
}

// One after the other: the library keeps its settings and measurements in common.
let queue: Promise<void> = Promise.resolve();

window.addEventListener("message", (message) => {
  const isOfPage = message.source === window.parent && message.origin === PAGE_ORIGIN;
  if (!isOfPage || !isDrawRequest(message.data)) return;
  const { id, source, dark } = message.data;
  queue = queue
    .then(() => draw(id, source, dark))
    .catch((error: unknown) => {
      say({ type: "aika-not-drawn", id, reason: error instanceof Error ? error.message : String(error) });
    });
});

say({ type: "aika-ready" });
