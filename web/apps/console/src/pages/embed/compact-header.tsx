import { t } from "@aika/react/text";
import { IconButton } from "@aika/react/ui";
import { ExternalLink, SquarePen, X } from "lucide-react";
import type { ReactNode } from "react";
import { askToClose, isFramed } from "./host-page.ts";

/** Who is asked, and the way to the whole of aika. */
export function CompactHeader({
  title,
  link,
  onClear,
}: {
  title: string;
  /** Where the same is in the app. */
  link: string;
  /** Begins anew; missing where nothing was asked yet. */
  onClear?: () => void;
}): ReactNode {
  return (
    <header className="flex h-14 shrink-0 items-center gap-1 border-b pr-2 pl-4">
      <title>{title}</title>
      <img src="/icon.svg" alt="" width="26" height="26" className="mr-2" />
      <h1 className="min-w-0 flex-1 truncate text-[0.9375rem] font-semibold">{title}</h1>
      {onClear !== undefined && (
        <IconButton label={t("New question")} onClick={onClear}>
          <SquarePen aria-hidden="true" />
        </IconButton>
      )}
      <a
        href={link}
        target="_blank"
        rel="noopener"
        aria-label={t("Open in aika")}
        title={t("Open in aika")}
        className="flex size-9 items-center justify-center rounded-lg text-muted hover:bg-sunken hover:text-ink"
      >
        <ExternalLink aria-hidden="true" className="size-4" />
      </a>
      {isFramed() && (
        <IconButton label={t("Close")} onClick={askToClose}>
          <X aria-hidden="true" />
        </IconButton>
      )}
    </header>
  );
}
