import { X } from "lucide-react";
import { Dialog as RadixDialog, Popover as RadixPopover } from "radix-ui";
import type { ReactElement, ReactNode } from "react";
import { t } from "../text/index.ts";
import { IconButton } from "./button.tsx";
import { cn } from "./classes.ts";

interface OverlayProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  description?: ReactNode;
  children: ReactNode;
  /** Buttons at the end. */
  footer?: ReactNode;
  className?: string;
}

/** Asks for attention in the middle of the screen. */
export function Dialog(props: OverlayProps): ReactNode {
  return (
    <Overlay
      {...props}
      className={cn(
        "top-1/2 left-1/2 max-h-[85dvh] w-[min(34rem,calc(100vw-2rem))] -translate-x-1/2 -translate-y-1/2 animate-appear rounded-2xl",
        props.className,
      )}
    />
  );
}

/** Comes in from the side, on a phone over the whole width. */
export function Sheet(props: OverlayProps): ReactNode {
  return (
    <Overlay
      {...props}
      className={cn("inset-y-0 right-0 w-[min(40rem,100vw)] animate-slide-in sm:border-l", props.className)}
    />
  );
}

function Overlay({ open, onOpenChange, title, description, children, footer, className }: OverlayProps): ReactNode {
  return (
    <RadixDialog.Root open={open} onOpenChange={onOpenChange}>
      <RadixDialog.Portal>
        <RadixDialog.Overlay className="fixed inset-0 z-40 bg-black/40" />
        <RadixDialog.Content
          className={cn("fixed z-50 flex flex-col bg-surface shadow-float outline-none", className)}
          onOpenAutoFocus={focusContent}
          {...(description === undefined ? { "aria-describedby": undefined } : {})}
        >
          <header className="flex items-start gap-4 px-5 pt-4 pb-3">
            <div className="min-w-0 flex-1">
              <RadixDialog.Title className="text-base font-semibold break-words">{title}</RadixDialog.Title>
              {description !== undefined && (
                <RadixDialog.Description className="mt-1 text-sm text-muted">{description}</RadixDialog.Description>
              )}
            </div>
            <RadixDialog.Close asChild>
              <IconButton label={t("Close")} size="small" className="-mr-1.5">
                <X aria-hidden="true" />
              </IconButton>
            </RadixDialog.Close>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto px-5 pb-5">{children}</div>
          {footer !== undefined && (
            <footer className="flex flex-wrap justify-end gap-2 border-t px-5 py-3">{footer}</footer>
          )}
        </RadixDialog.Content>
      </RadixDialog.Portal>
    </RadixDialog.Root>
  );
}

/** Focus what is to be filled in, else the overlay itself: on its first button it would show that button's name. */
function focusContent(event: Event): void {
  event.preventDefault();
  const overlay = event.currentTarget as HTMLElement;
  if (overlay.contains(document.activeElement)) return;
  const field = overlay.querySelector<HTMLElement>("input:not([readonly]), textarea, select");
  (field ?? overlay).focus();
}

/** Something small beside what opened it. */
export function Popover({
  trigger,
  children,
  align = "start",
  className,
  label,
  ...state
}: {
  trigger: ReactElement;
  children: ReactNode;
  align?: "start" | "center" | "end";
  className?: string;
  /** What it is, for screen readers. */
  label?: string;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
}): ReactNode {
  return (
    <RadixPopover.Root {...state}>
      <RadixPopover.Trigger asChild>{trigger}</RadixPopover.Trigger>
      <RadixPopover.Portal>
        <RadixPopover.Content
          {...(label === undefined ? {} : { "aria-label": label })}
          align={align}
          sideOffset={6}
          collisionPadding={12}
          className={cn(
            "z-50 w-80 max-w-[calc(100vw-1.5rem)] animate-appear rounded-xl border border-line bg-raised p-4 text-sm shadow-float",
            className,
          )}
        >
          {children}
        </RadixPopover.Content>
      </RadixPopover.Portal>
    </RadixPopover.Root>
  );
}
