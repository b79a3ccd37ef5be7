/**
 * Draws diagrams in a frame without an origin: no cookies, no storage, no way to the page or to the API.
 *
 * The frame sends back a picture as text. The page shows it as an image, in which no script runs and nothing is loaded.
 */

import { t } from "../text/index.ts";
import { type DrawRequest, isFrameMessage } from "./messages.ts";

export interface Drawn {
  /** An address for `<img>`. */
  readonly address: string;
  readonly width: number;
  readonly height: number;
}

interface Waiting {
  readonly resolve: (drawn: Drawn) => void;
  readonly reject: (error: Error) => void;
}

export class NotDrawn extends Error {
  override readonly name = "NotDrawn";
}

const PAGE = "/sandbox/diagram.html";
const PATIENCE = 15_000;
const LONGEST_SOURCE = 20_000;
/** What a message from a document without an origin says of it. */
const NO_ORIGIN = "null";
const LARGEST_PICTURE = 3_000_000;

let frame: Promise<Window> | null = null;
let last = 0;
const waiting = new Map<number, Waiting>();

export async function drawDiagram(source: string, dark: boolean): Promise<Drawn> {
  if (source.length > LONGEST_SOURCE) throw new NotDrawn(t("The diagram is too large to draw."));
  frame ??= opened();
  const drawing = await frame;
  last += 1;
  const request: DrawRequest = { type: "aika-draw", id: last, source, dark };
  return new Promise<Drawn>((resolve, reject) => {
    const timer = setTimeout(() => settle(request.id)?.reject(new NotDrawn(t("Drawing took too long."))), PATIENCE);
    waiting.set(request.id, {
      resolve: (drawn) => {
        clearTimeout(timer);
        resolve(drawn);
      },
      reject: (error) => {
        clearTimeout(timer);
        reject(error);
      },
    });
    // The frame has no origin that could be named; what is sent is the diagram's own text.
    drawing.postMessage(request, "*");
  });
}

function opened(): Promise<Window> {
  const element = document.createElement("iframe");
  element.setAttribute("sandbox", "allow-scripts");
  element.setAttribute("aria-hidden", "true");
  element.tabIndex = -1;
  element.title = t("Draws diagrams");
  element.src = PAGE;
  // Out of sight, but laid out: text is measured in it.
  Object.assign(element.style, {
    position: "fixed",
    left: "-10000px",
    top: "0",
    width: "1200px",
    height: "900px",
    border: "0",
    visibility: "hidden",
    pointerEvents: "none",
  });
  const ready = new Promise<Window>((resolve, reject) => {
    const timer = setTimeout(() => {
      frame = null;
      element.remove();
      reject(new NotDrawn(t("The drawing frame did not load.")));
    }, PATIENCE);
    window.addEventListener("message", (message) => {
      const from = element.contentWindow;
      if (from === null || message.source !== from || message.origin !== NO_ORIGIN) return;
      if (!isFrameMessage(message.data)) return;
      if (message.data.type === "aika-ready") {
        clearTimeout(timer);
        resolve(from);
      } else if (message.data.type === "aika-drawn") {
        const { id, svg, width, height } = message.data;
        if (svg.length > LARGEST_PICTURE) settle(id)?.reject(new NotDrawn(t("The diagram is too large to draw.")));
        else settle(id)?.resolve({ address: addressOf(svg), width: sizeOf(width), height: sizeOf(height) });
      } else {
        settle(message.data.id)?.reject(new NotDrawn(message.data.reason.slice(0, 300)));
      }
    });
  });
  document.body.append(element);
  return ready;
}

function settle(id: number): Waiting | undefined {
  const one = waiting.get(id);
  waiting.delete(id);
  return one;
}

function addressOf(svg: string): string {
  return `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
}

function sizeOf(length: number): number {
  return Math.min(4000, Math.max(16, Math.round(length)));
}
