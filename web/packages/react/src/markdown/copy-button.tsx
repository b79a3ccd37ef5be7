import { Check, Copy } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { t } from "../text/index.ts";

/** A small button that copies something and says that it did. */
export function CopyButton({
  label,
  copy,
  text,
}: {
  label: string;
  copy: () => Promise<void>;
  text?: string;
}): ReactNode {
  const [said, setSaid] = useState<"copied" | "refused" | null>(null);
  useEffect(() => {
    if (said === null) return;
    const timer = setTimeout(() => setSaid(null), 1800);
    return () => clearTimeout(timer);
  }, [said]);
  const run = () => {
    copy().then(
      () => setSaid("copied"),
      () => setSaid("refused"),
    );
  };
  const heard = said === "copied" ? t("Copied") : said === "refused" ? t("The browser did not allow copying") : label;
  return (
    <button type="button" className="aika-tool" onClick={run} aria-label={heard} title={label}>
      {said === "copied" ? <Check aria-hidden size={14} /> : <Copy aria-hidden size={14} />}
      {text === undefined ? null : <span aria-live="polite">{said === null ? text : heard}</span>}
    </button>
  );
}
