import type { ComponentProps, ReactNode } from "react";
import { cn } from "./classes.ts";

export type Tone = "neutral" | "accent" | "good" | "warn" | "bad";

const tones: Readonly<Record<Tone, string>> = {
  neutral: "bg-sunken text-muted",
  accent: "bg-accent-soft text-accent-strong",
  good: "bg-good-soft text-good",
  warn: "bg-warn-soft text-warn",
  bad: "bg-bad-soft text-bad",
};

/** A word about something's state. The color never says more than the word. */
export function Badge({ tone = "neutral", className, ...rest }: ComponentProps<"span"> & { tone?: Tone }): ReactNode {
  return (
    <span
      className={cn(
        "inline-flex h-6 items-center gap-1 rounded-full px-2.5 text-xs font-medium whitespace-nowrap [&_svg]:size-3.5",
        tones[tone],
        className,
      )}
      {...rest}
    />
  );
}

/** A surface for one thing. */
export function Card({ className, ...rest }: ComponentProps<"div">): ReactNode {
  return <div className={cn("rounded-2xl border border-line bg-surface p-5", className)} {...rest} />;
}

/** A page's frame: one heading, what it is for, its actions, its content. */
export function Page({
  title,
  lead,
  actions,
  back,
  children,
  wide = false,
}: {
  title: ReactNode;
  lead?: ReactNode;
  actions?: ReactNode;
  /** A link to where this page belongs, above the title. */
  back?: ReactNode;
  children: ReactNode;
  wide?: boolean;
}): ReactNode {
  return (
    <div className={cn("mx-auto w-full px-4 pt-6 pb-20 sm:px-8 sm:pt-9", wide ? "max-w-[96rem]" : "max-w-6xl")}>
      {typeof title === "string" && <title>{`${title} · aika`}</title>}
      {back !== undefined && <div className="mb-2 text-sm text-muted">{back}</div>}
      <header className="mb-7 flex flex-wrap items-start justify-between gap-x-6 gap-y-4">
        <div className="min-w-0">
          <h1 className="text-2xl font-semibold tracking-tight text-balance break-words">{title}</h1>
          {lead !== undefined && <p className="mt-1.5 max-w-2xl text-[0.9375rem] text-muted">{lead}</p>}
        </div>
        {actions !== undefined && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
      </header>
      {children}
    </div>
  );
}

/** A part of a page under its own heading. */
export function Section({
  title,
  lead,
  actions,
  children,
  className,
}: {
  title: ReactNode;
  lead?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  className?: string;
}): ReactNode {
  return (
    <section className={cn("mb-10", className)}>
      <div className="mb-3 flex flex-wrap items-end justify-between gap-3">
        <div>
          <h2 className="text-base font-semibold">{title}</h2>
          {lead !== undefined && <p className="mt-0.5 max-w-2xl text-sm text-muted">{lead}</p>}
        </div>
        {actions}
      </div>
      {children}
    </section>
  );
}

/** One number that matters, with what it is and how it compares. */
export function Stat({ label, value, detail }: { label: ReactNode; value: ReactNode; detail?: ReactNode }): ReactNode {
  return (
    <div className="flex flex-col gap-1 rounded-2xl border border-line bg-surface px-5 py-4">
      <span className="text-[0.8125rem] text-muted">{label}</span>
      <span className="text-2xl font-semibold tracking-tight tabular">{value}</span>
      {detail !== undefined && <span className="text-[0.8125rem] text-muted">{detail}</span>}
    </div>
  );
}
