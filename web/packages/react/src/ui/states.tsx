import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { t } from "../text/index.ts";
import { Button } from "./button.tsx";
import { cn } from "./classes.ts";

/** Something is under way. */
export function Spinner({ className, label }: { className?: string; label?: string }): ReactNode {
  return (
    <span role={label === undefined ? undefined : "status"} className={cn("inline-flex", className)}>
      <span
        aria-hidden="true"
        className="size-4 animate-spin rounded-full border-2 border-current border-r-transparent opacity-70"
      />
      {label !== undefined && <span className="sr-only">{label}</span>}
    </span>
  );
}

/** The place of something that is on its way, about as large as it will be. */
export function Skeleton({ className }: { className?: string }): ReactNode {
  return <div aria-hidden="true" className={cn("h-4 animate-pulse rounded-md bg-sunken", className)} />;
}

/** A page's content on its way. */
export function Loading({ rows = 4 }: { rows?: number }): ReactNode {
  return (
    <div role="status" className="flex flex-col gap-3 py-2">
      <span className="sr-only">{t("Loading")}</span>
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} className={cn("h-10", row === 0 && "w-2/3")} />
      ))}
    </div>
  );
}

/** Nothing is here yet: what would be, and what to do for it. */
export function EmptyState({
  icon,
  title,
  children,
  action,
}: {
  icon?: ReactNode;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}): ReactNode {
  return (
    <div className="flex flex-col items-center gap-2 rounded-2xl border border-dashed border-line px-6 py-14 text-center">
      {icon !== undefined && <div className="mb-1 text-faint [&_svg]:size-8 [&_svg]:stroke-[1.5]">{icon}</div>}
      <h2 className="text-base font-semibold">{title}</h2>
      {children !== undefined && <div className="max-w-md text-sm text-balance text-muted">{children}</div>}
      {action !== undefined && <div className="mt-3 flex gap-2">{action}</div>}
    </div>
  );
}

/** What went wrong, in the server's words, and how to try again. */
export function ErrorNote({
  error,
  retry,
  className,
}: {
  error: unknown;
  retry?: () => void;
  className?: string;
}): ReactNode {
  const detail = error instanceof Error ? error.message : String(error);
  return (
    <div
      role="alert"
      className={cn("flex items-start gap-3 rounded-xl bg-bad-soft px-4 py-3 text-sm text-ink", className)}
    >
      <CircleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-bad" />
      <p className="min-w-0 flex-1 break-words">{detail}</p>
      {retry !== undefined && (
        <Button size="small" onClick={retry}>
          {t("Try again")}
        </Button>
      )}
    </div>
  );
}

/** A remark beside something, colored by how much it matters. */
export function Note({
  tone = "neutral",
  children,
  className,
}: {
  tone?: "neutral" | "accent" | "good" | "warn" | "bad";
  children: ReactNode;
  className?: string;
}): ReactNode {
  const tones = {
    neutral: "bg-sunken",
    accent: "bg-accent-soft",
    good: "bg-good-soft",
    warn: "bg-warn-soft",
    bad: "bg-bad-soft",
  };
  return <div className={cn("rounded-xl px-4 py-3 text-sm text-ink", tones[tone], className)}>{children}</div>;
}
