import { t } from "@aika/react/text";
import { Input } from "@aika/react/ui";
import { KeyRound } from "lucide-react";
import type { ReactNode } from "react";

/** What the server shows in place of a secret that stands in the file; sent back, the secret stays. */
export const MASK = "••••••••";

const EXAMPLE = "$" + "{NAME}";

/** The name of an environment variable that holds a secret. The secret itself is never typed here. */
export function SecretInput({
  value,
  onChange,
  disabled = false,
}: {
  value: string;
  onChange: (value: string) => void;
  disabled?: boolean;
}): ReactNode {
  const looksLikeSecret = value !== "" && value !== MASK && !value.includes("$");
  return (
    <>
      <div className="relative">
        <KeyRound aria-hidden="true" className="pointer-events-none absolute top-2.5 left-3 size-4 text-faint" />
        <Input
          // The name of a variable. A password manager must neither offer nor keep anything here.
          type="text"
          value={value}
          disabled={disabled}
          placeholder={t("{name} of an environment variable", { name: EXAMPLE })}
          spellCheck={false}
          autoComplete="off"
          data-1p-ignore=""
          className="pl-9 font-mono text-[0.8125rem]"
          onChange={(event) => onChange(event.target.value)}
        />
      </div>
      {looksLikeSecret && (
        <p className="text-[0.8125rem] text-warn">
          {t(
            "Write the name of a variable, such as {name}, and set it where aika runs. Secrets are not kept in files.",
            {
              name: EXAMPLE,
            },
          )}
        </p>
      )}
    </>
  );
}
