import type { ReactNode } from "react";

/** Earlier conversations, in the navigation. */
export function History(): ReactNode {
  return null;
}
