import { Tooltip as Radix } from "radix-ui";
import type { ReactElement, ReactNode } from "react";
import { Kbd } from "./kbd.tsx";

/** A few words about what is pointed at or focused. Never the only place where something is said. */
export function Tooltip({
  text,
  shortcut,
  children,
}: {
  text: ReactNode;
  shortcut?: string;
  children: ReactElement;
}): ReactNode {
  return (
    <Radix.Provider delayDuration={350} skipDelayDuration={150}>
      <Radix.Root>
        <Radix.Trigger asChild>{children}</Radix.Trigger>
        <Radix.Portal>
          <Radix.Content
            sideOffset={6}
            collisionPadding={8}
            className="z-60 flex max-w-xs animate-appear items-center gap-2 rounded-md bg-ink px-2.5 py-1.5 text-xs text-canvas shadow-float"
          >
            {text}
            {shortcut !== undefined && <Kbd keys={shortcut} inverted />}
          </Radix.Content>
        </Radix.Portal>
      </Radix.Root>
    </Radix.Provider>
  );
}
