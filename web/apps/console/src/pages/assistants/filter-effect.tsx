import type { FilterEffectView } from "@aika/client";
import { formatNumber, T, t } from "@aika/react/text";
import { cn } from "@aika/react/ui";
import type { ReactNode } from "react";

const SHOWN = 6;

/** What a filter leaves of what its reader may read: how many documents, of which sources, and some of them. */
export function FilterEffect({ effect, busy = false }: { effect: FilterEffectView; busy?: boolean }): ReactNode {
  const left = [...effect.sources].sort((a, b) => b.documents - a.documents).filter((source) => source.documents > 0);
  return (
    <div aria-live="polite" aria-busy={busy} className={cn("transition-opacity", busy && "opacity-60")}>
      <p className="text-sm">
        <T
          message="<b>{documents}</b> of {readable, plural, one {one document} other {{all} documents}} that you may read"
          values={{
            documents: formatNumber(effect.documents),
            readable: effect.readable,
            all: formatNumber(effect.readable),
            b: (text) => <strong className="text-base font-semibold tabular">{text}</strong>,
          }}
        />
        {effect.topic && <span className="text-muted"> · {t("within its topic")}</span>}
      </p>
      {left.length > 0 && (
        <ul className="mt-2.5 flex flex-col gap-1.5">
          {left.slice(0, SHOWN).map((source) => (
            <SourceBar key={source.id} id={source.id} documents={source.documents} readable={source.readable} />
          ))}
        </ul>
      )}
      {left.length > SHOWN && (
        <p className="mt-1.5 text-xs text-muted">
          {t("and {n, plural, one {one source} other {# sources}} more", { n: left.length - SHOWN })}
        </p>
      )}
      {effect.sample.length > 0 && (
        <p className="mt-3 text-[0.8125rem] text-muted">
          {t("Such as {titles}", {
            titles: effect.sample
              .slice(0, 4)
              .map((document) => `“${document.title}”`)
              .join(", "),
          })}
        </p>
      )}
      {effect.documents === 0 && (
        <p className="mt-1 text-[0.8125rem] text-warn">
          {t("Nothing that you may read fits. It could answer nothing.")}
        </p>
      )}
    </div>
  );
}

function SourceBar({ id, documents, readable }: { id: string; documents: number; readable: number }) {
  return (
    <li className="grid grid-cols-[minmax(0,9rem)_1fr_auto] items-center gap-3 text-[0.8125rem]">
      <span className="truncate">{id}</span>
      <span aria-hidden="true" className="h-1.5 overflow-hidden rounded-full bg-sunken">
        <span
          className="block h-full rounded-full bg-accent transition-[width]"
          style={{ width: `${Math.max(2, (100 * documents) / Math.max(readable, 1))}%` }}
        />
      </span>
      <span className="text-muted tabular">
        {documents === readable
          ? formatNumber(documents)
          : t("{documents} of {readable}", { documents: formatNumber(documents), readable: formatNumber(readable) })}
      </span>
    </li>
  );
}
