/** A chunk of its own, so that it runs apart from the rest of the page. */
export { MessagePrimitive, ThreadPrimitive, useAuiState } from "@assistant-ui/react";
