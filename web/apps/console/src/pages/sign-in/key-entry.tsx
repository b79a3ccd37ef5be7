import { AikaError } from "@aika/client";
import { useAika } from "@aika/react";
import { t } from "@aika/react/text";
import { Button, Field, Input } from "@aika/react/ui";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";

function problemOf(error: Error): string {
  const wrong = error instanceof AikaError && error.status === 401;
  return wrong ? t("This key is unknown, or has expired.") : error.message;
}

/** Begins a session with an API key, where there is no identity provider. The key is not kept in the browser. */
export function KeyEntry({ place }: { place: string }): ReactNode {
  const aika = useAika();
  const [key, setKey] = useState("");
  const enter = useMutation({
    mutationFn: () => aika.POST("/v1/sign-in/key", { body: { key: key.trim() } }),
    onSuccess: () => location.assign(place),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    enter.mutate();
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-5">
      <Field
        label={t("API key")}
        help={t("Whoever runs aika makes one for you.")}
        problem={enter.isError ? problemOf(enter.error) : undefined}
      >
        <Input
          required
          autoFocus
          type="password"
          autoComplete="current-password"
          spellCheck={false}
          className="h-11 font-mono"
          placeholder={t("aika_…")}
          value={key}
          onChange={(event) => setKey(event.target.value)}
        />
      </Field>
      <Button type="submit" look="primary" size="large" className="w-full" busy={enter.isPending}>
        {t("Sign in")}
      </Button>
    </form>
  );
}
