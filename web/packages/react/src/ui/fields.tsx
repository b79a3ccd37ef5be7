import { ChevronDown } from "lucide-react";
import { Switch as RadixSwitch } from "radix-ui";
import { type ComponentProps, createContext, type ReactNode, useContext, useId } from "react";
import { t } from "../text/index.ts";
import { cn } from "./classes.ts";

const look =
  "w-full rounded-lg border border-line-strong/70 bg-surface px-3 text-sm text-ink placeholder:text-faint transition-colors hover:border-line-strong focus:border-accent focus:outline-2 focus:outline-offset-0 focus:outline-accent/40 disabled:bg-sunken disabled:text-muted aria-invalid:border-bad";

interface Described {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": true | undefined;
}

const FieldContext = createContext<Partial<Described>>({});

/** A labeled control with its help and its problem. The control inside takes its id from here. */
export function Field({
  label,
  help,
  problem,
  optional = false,
  children,
  className,
}: {
  label: ReactNode;
  help?: ReactNode;
  problem?: ReactNode;
  optional?: boolean;
  children: ReactNode;
  className?: string;
}): ReactNode {
  const id = useId();
  const wrong = problem !== undefined && problem !== null && problem !== "";
  const described = [help !== undefined && `${id}-help`, wrong && `${id}-problem`].filter(Boolean).join(" ");
  return (
    <div className={cn("flex flex-col gap-1.5", className)}>
      <label htmlFor={id} className="text-sm font-medium">
        {label}
        {optional && <span className="ml-1.5 font-normal text-faint">{t("(optional)")}</span>}
      </label>
      <FieldContext value={{ id, "aria-describedby": described || undefined, "aria-invalid": wrong || undefined }}>
        {children}
      </FieldContext>
      {help !== undefined && (
        <p id={`${id}-help`} className="text-[0.8125rem] text-muted">
          {help}
        </p>
      )}
      {wrong && (
        <p id={`${id}-problem`} className="text-[0.8125rem] font-medium text-bad">
          {problem}
        </p>
      )}
    </div>
  );
}

/** What a control of one's own inside a `Field` puts on its element. */
export function useField(): Partial<Described> {
  return useContext(FieldContext);
}

export function Input({ className, ...rest }: ComponentProps<"input">): ReactNode {
  return <input className={cn(look, "h-9", className)} {...useField()} {...rest} />;
}

export function Textarea({ className, ...rest }: ComponentProps<"textarea">): ReactNode {
  return <textarea className={cn(look, "min-h-20 py-2 leading-relaxed", className)} {...useField()} {...rest} />;
}

/** A choice of one of a few; its options are `<option>` elements. */
export function Select({ className, children, ...rest }: ComponentProps<"select">): ReactNode {
  return (
    <span className={cn("relative inline-flex w-full", className)}>
      <select className={cn(look, "h-9 appearance-none pr-8")} {...useField()} {...rest}>
        {children}
      </select>
      <ChevronDown aria-hidden="true" className="pointer-events-none absolute top-2.5 right-2.5 size-4 text-muted" />
    </span>
  );
}

export function Checkbox({
  label,
  help,
  className,
  ...rest
}: ComponentProps<"input"> & { label: ReactNode; help?: ReactNode }): ReactNode {
  const id = useId();
  return (
    <div className={cn("flex items-start gap-2.5", className)}>
      <input id={id} type="checkbox" className="mt-1 size-4 shrink-0 rounded accent-(--accent)" {...rest} />
      <label htmlFor={id} className="text-sm">
        {label}
        {help !== undefined && <span className="block text-[0.8125rem] text-muted">{help}</span>}
      </label>
    </div>
  );
}

/** Something that is on or off at once, without saving. */
export function Switch({ label, ...rest }: ComponentProps<typeof RadixSwitch.Root> & { label: ReactNode }): ReactNode {
  const id = useId();
  return (
    <div className="flex items-center gap-2.5">
      <RadixSwitch.Root
        id={id}
        className="relative h-6 w-10 shrink-0 rounded-full bg-line-strong transition-colors data-[state=checked]:bg-accent"
        {...rest}
      >
        <RadixSwitch.Thumb className="block size-5 translate-x-0.5 rounded-full bg-white shadow transition-transform data-[state=checked]:translate-x-4.5" />
      </RadixSwitch.Root>
      <label htmlFor={id} className="text-sm">
        {label}
      </label>
    </div>
  );
}
