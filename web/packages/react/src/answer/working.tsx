import { RefreshCw } from "lucide-react";
import type { ReactNode } from "react";
import type { Exchange } from "../ask/exchange.ts";
import { t } from "../text/index.ts";

/** What goes on while there is no word of the answer yet, or while it is being picked up again. */
export function Working({ exchange }: { exchange: Exchange }): ReactNode {
  if (exchange.reconnecting) {
    return (
      <p className="flex items-center gap-2 text-sm text-muted">
        <RefreshCw aria-hidden className="size-3.5 animate-spin" />
        {t("Reconnecting: the answer goes on in the meantime")}
      </p>
    );
  }
  if (exchange.phase === "writing") return null;
  const titles = [...new Set(exchange.hits.map((hit) => hit.document.title))];
  return (
    <div className="text-sm text-muted">
      <p className="aika-shimmer w-fit">{words(exchange)}</p>
      {titles.length > 0 && (
        <ul className="mt-2.5 flex flex-wrap gap-1.5">
          {titles.slice(0, 4).map((title) => (
            <li key={title} className="max-w-64 animate-appear truncate rounded-md bg-sunken px-2 py-0.5 text-xs">
              {title}
            </li>
          ))}
          {titles.length > 4 && <li className="px-1 py-0.5 text-xs">{t("and {n} more", { n: titles.length - 4 })}</li>}
        </ul>
      )}
    </div>
  );
}

function words(exchange: Exchange): string {
  if (exchange.stopping) return t("Stopping");
  if (exchange.phase === "sent") return t("Searching your documents");
  const n = new Set(exchange.hits.map((hit) => hit.document.id)).size;
  if (n === 0) return t("Nothing fits so far");
  return t("Reading {n, plural, one {one document} other {# documents}}", { n });
}
