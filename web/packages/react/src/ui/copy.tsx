import { Check, Copy } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { t } from "../text/index.ts";
import { IconButton } from "./button.tsx";
import { toastError } from "./toasts.tsx";

/** Copies a text, and shows for a moment that it did. */
export function CopyButton({ text, label = t("Copy") }: { text: string | (() => string); label?: string }): ReactNode {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1600);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = () =>
    navigator.clipboard.writeText(typeof text === "string" ? text : text()).then(() => setCopied(true), toastError);
  return (
    <IconButton label={copied ? t("Copied") : label} size="small" onClick={copy}>
      {copied ? <Check aria-hidden="true" className="text-good" /> : <Copy aria-hidden="true" />}
    </IconButton>
  );
}
