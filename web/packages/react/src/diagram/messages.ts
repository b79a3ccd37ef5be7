/** What the page and the frame that draws diagrams say to each other. Everything the frame says is checked. */

export interface DrawRequest {
  readonly type: "aika-draw";
  readonly id: number;
  readonly source: string;
  readonly dark: boolean;
}

export type FrameMessage =
  | { readonly type: "aika-ready" }
  | {
      readonly type: "aika-drawn";
      readonly id: number;
      readonly svg: string;
      readonly width: number;
      readonly height: number;
    }
  | { readonly type: "aika-not-drawn"; readonly id: number; readonly reason: string };

export function isDrawRequest(data: unknown): data is DrawRequest {
  return (
    isRecord(data) &&
    data.type === "aika-draw" &&
    typeof data.id === "number" &&
    typeof data.source === "string" &&
    typeof data.dark === "boolean"
  );
}

export function isFrameMessage(data: unknown): data is FrameMessage {
  if (!isRecord(data)) return false;
  if (data.type === "aika-ready") return true;
  if (typeof data.id !== "number") return false;
  if (data.type === "aika-not-drawn") return typeof data.reason === "string";
  return (
    data.type === "aika-drawn" &&
    typeof data.svg === "string" &&
    Number.isFinite(data.width) &&
    Number.isFinite(data.height)
  );
}

function isRecord(data: unknown): data is Record<string, unknown> {
  return typeof data === "object" && data !== null;
}
