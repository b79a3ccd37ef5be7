/** Places in a document's text. The API counts characters as Python does, JavaScript counts UTF-16 units. */

import type { AboutDocumentView } from "@aika/client";

export interface Span {
  readonly start: number;
  readonly end: number;
}

type Chunk = AboutDocumentView["chunks"][number];

const ASTRAL = /[\u{10000}-\u{10ffff}]/u;

/** Returns what cuts spans, given in characters, out of a text. */
export function cutter(text: string): (span: Span) => string {
  if (!ASTRAL.test(text)) return ({ start, end }) => text.slice(start, end);
  const characters = Array.from(text);
  return ({ start, end }) => characters.slice(start, end).join("");
}

/** Returns the length of a text in characters. */
export function lengthOf(text: string): number {
  return ASTRAL.test(text) ? Array.from(text).length : text.length;
}

/** Returns the passage that an address names: `?passage=120-340`, or `?chunk=` with a chunk's id or number from 1. */
export function wantedPassage(params: URLSearchParams, chunks: readonly Chunk[], length: number): Span | null {
  const chunk = wantedChunk(params, chunks);
  if (chunk !== null) return chunk;
  const [, start, end] = /^(\d{1,12})-(\d{1,12})$/.exec(params.get("passage") ?? "") ?? [];
  if (start === undefined || end === undefined) return null;
  const span = { start: Number(start), end: Math.min(Number(end), length) };
  return span.start < span.end ? span : null;
}

export function wantedChunk(params: URLSearchParams, chunks: readonly Chunk[]): Chunk | null {
  const wanted = params.get("chunk");
  if (wanted === null) return null;
  return chunks.find((chunk) => chunk.id === wanted || String(chunk.position + 1) === wanted) ?? null;
}

export type Piece = { readonly kind: "chunk"; readonly chunk: Chunk } | ({ readonly kind: "between" } & Span);

/** Returns the whole text in pieces: chunks, and what no chunk holds between them. Chunks that overlap stay whole. */
export function piecesOf(chunks: readonly Chunk[], length: number): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const chunk of chunks) {
    if (chunk.start > at) pieces.push({ kind: "between", start: at, end: chunk.start });
    pieces.push({ kind: "chunk", chunk });
    at = Math.max(at, chunk.end);
  }
  if (at < length) pieces.push({ kind: "between", start: at, end: length });
  return pieces;
}
