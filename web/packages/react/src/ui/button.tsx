import { cva, type VariantProps } from "class-variance-authority";
import { Slot } from "radix-ui";
import type { ComponentProps, ReactNode } from "react";
import { cn } from "./classes.ts";
import { Spinner } from "./states.tsx";
import { Tooltip } from "./tooltip.tsx";

const looks = cva(
  "inline-flex shrink-0 items-center justify-center gap-2 rounded-lg font-medium whitespace-nowrap transition-colors select-none disabled:pointer-events-none disabled:opacity-50 [&_svg]:size-4 [&_svg]:shrink-0",
  {
    variants: {
      look: {
        primary: "bg-accent text-on-accent hover:bg-accent-strong",
        secondary: "border border-line bg-surface text-ink hover:bg-sunken",
        quiet: "text-muted hover:bg-sunken hover:text-ink",
        danger: "border border-line bg-surface text-bad hover:bg-bad-soft",
      },
      size: { small: "h-8 px-2.5 text-[0.8125rem]", normal: "h-9 px-3.5 text-sm", large: "h-11 px-5 text-[0.9375rem]" },
    },
    defaultVariants: { look: "secondary", size: "normal" },
  },
);

type Looks = VariantProps<typeof looks>;

/** What does something. `asChild` lends the look to a link inside; `busy` shows that it is being done. */
export function Button({
  look,
  size,
  busy = false,
  asChild = false,
  className,
  children,
  ...rest
}: ComponentProps<"button"> & Looks & { busy?: boolean; asChild?: boolean }): ReactNode {
  const classes = cn(looks({ look, size }), className);
  if (asChild) {
    return (
      <Slot.Root className={classes} {...rest}>
        {children}
      </Slot.Root>
    );
  }
  return (
    <button type="button" className={classes} disabled={busy || rest.disabled} aria-busy={busy || undefined} {...rest}>
      {busy && <Spinner />}
      {children}
    </button>
  );
}

/** A button that is only a picture; its name is said to screen readers and shown when pointed at. */
export function IconButton({
  label,
  shortcut,
  look = "quiet",
  size = "normal",
  className,
  children,
  ...rest
}: ComponentProps<"button"> & Looks & { label: string; shortcut?: string }): ReactNode {
  return (
    <Tooltip text={label} {...(shortcut === undefined ? {} : { shortcut })}>
      <button
        type="button"
        aria-label={label}
        className={cn(
          looks({ look, size }),
          "px-0",
          size === "small" ? "w-8" : size === "large" ? "w-11" : "w-9",
          className,
        )}
        {...rest}
      >
        {children}
      </button>
    </Tooltip>
  );
}
