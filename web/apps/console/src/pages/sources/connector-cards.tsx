import type { ConnectorView } from "@aika/client";
import { t } from "@aika/react/text";
import { EmptyState, Input } from "@aika/react/ui";
import { Search } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Link } from "react-router";
import { ConnectorIcon } from "./connector-icon.tsx";

/** What kinds of places there are, to choose one from. */
export function ConnectorCards({ connectors }: { connectors: readonly ConnectorView[] }): ReactNode {
  const [words, setWords] = useState("");
  const shown = connectors.filter((one) => fits(one, words));
  return (
    <>
      <div className="relative mb-5 max-w-sm">
        <Search aria-hidden="true" className="pointer-events-none absolute top-2.5 left-3 size-4 text-faint" />
        <Input
          type="search"
          aria-label={t("Find a kind of source")}
          placeholder={t("Find a kind of source")}
          className="pl-9"
          value={words}
          onChange={(event) => setWords(event.target.value)}
        />
      </div>
      {shown.length === 0 ? (
        <EmptyState title={t("No such kind of source")}>
          {t(
            "“Handed over” takes documents from your own programs, through the API. A connector of your own is one Python module.",
          )}
        </EmptyState>
      ) : (
        <ul className="grid gap-4 sm:grid-cols-2 xl:grid-cols-3">
          {shown.map((one) => (
            <li key={one.name}>
              <ConnectorCard connector={one} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function ConnectorCard({ connector }: { connector: ConnectorView }) {
  return (
    <Link
      to={`/sources/new?connector=${encodeURIComponent(connector.name)}`}
      className="flex h-full flex-col gap-3 rounded-2xl border bg-surface p-5 transition-colors hover:border-accent hover:bg-accent-soft/30"
    >
      <span className="flex items-center gap-3">
        <span className="flex size-9 items-center justify-center rounded-lg bg-accent-soft text-accent">
          <ConnectorIcon connector={connector.name} className="size-4.5" />
        </span>
        <span className="font-semibold">{connector.title}</span>
      </span>
      <span className="text-sm text-muted">{connector.summary}</span>
      {connector.needs !== "" && (
        <span className="mt-auto border-t pt-3 text-[0.8125rem] text-muted">
          <span className="font-medium text-ink">{t("Have ready:")}</span> {connector.needs}
        </span>
      )}
    </Link>
  );
}

function fits(connector: ConnectorView, words: string): boolean {
  const text = `${connector.title} ${connector.name} ${connector.summary}`.toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
