import { t } from "@aika/react/text";
import { Button, IconButton, Input, useField } from "@aika/react/ui";
import { Plus, X } from "lucide-react";
import type { ReactNode } from "react";

/** People and groups, one a row: `ada@example.org` becomes `user:ada@example.org`. */
export function PrincipalsInput({
  value,
  onChange,
  disabled = false,
}: {
  value: readonly string[];
  onChange: (value: readonly string[]) => void;
  disabled?: boolean;
}): ReactNode {
  const field = useField();
  const rows = value.length === 0 ? [""] : value;
  const set = (row: number, text: string) => onChange(rows.map((one, n) => (n === row ? text : one)));
  return (
    <div className="flex flex-col gap-2">
      {rows.map((text, row) => (
        <div key={row} className="flex items-center gap-1.5">
          <Input
            {...(row === 0 ? field : { id: undefined, "aria-label": t("Person or group {n}", { n: row + 1 }) })}
            value={text}
            disabled={disabled}
            placeholder={t("group:platform or ada@example.org")}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => set(row, event.target.value)}
            onBlur={() => set(row, principalOf(text))}
          />
          <IconButton
            label={t("Take {name} out", { name: text || t("this row") })}
            size="small"
            disabled={disabled || (rows.length === 1 && text === "")}
            onClick={() => onChange(rows.filter((_, n) => n !== row))}
          >
            <X aria-hidden="true" />
          </IconButton>
        </div>
      ))}
      <Button
        size="small"
        look="quiet"
        className="self-start"
        disabled={disabled}
        onClick={() => onChange([...rows, ""])}
      >
        <Plus aria-hidden="true" />
        {t("Another one")}
      </Button>
    </div>
  );
}

export function principalOf(text: string): string {
  const name = text.trim();
  if (name.includes("@") && !name.includes(":")) return `user:${name.toLowerCase()}`;
  return name;
}
