import { t } from "@aika/react/text";
import { Button, Field, Kbd, Textarea } from "@aika/react/ui";
import { type ReactNode, useEffect, useId, useRef, useState } from "react";

/** The answer in a human's own words. */
export function EditForm({
  text,
  onCancel,
  onPost,
}: {
  text: string;
  onCancel: () => void;
  onPost: (text: string) => void;
}): ReactNode {
  const [words, setWords] = useState(text);
  const empty = words.trim() === "";
  const post = () => {
    if (!empty) onPost(words.trim());
  };
  useFormKeys(post, onCancel);
  return (
    <div className="flex flex-col gap-3">
      <Field
        label={t("What to post")}
        help={t("Posted in the thread as the goalie's. Markers such as [1] stay linked to their sources.")}
        problem={empty ? t("Write the answer, or reject the proposal.") : ""}
      >
        <Textarea
          autoFocus
          rows={Math.min(16, words.split("\n").length + 3)}
          maxLength={10_000}
          value={words}
          onChange={(event) => setWords(event.target.value)}
        />
      </Field>
      <div className="flex flex-wrap gap-2">
        <Button look="primary" disabled={empty} onClick={post}>
          {t("Post this")}
          <Kbd keys="mod+enter" inverted />
        </Button>
        <Button onClick={onCancel}>{t("Cancel")}</Button>
      </div>
    </div>
  );
}

/** Why a proposal is not to be posted: what is wrong becomes a finding about its documents. */
export function RejectForm({
  onCancel,
  onReject,
}: {
  onCancel: () => void;
  onReject: (reason: string) => void;
}): ReactNode {
  const reasons = [
    t("It is wrong"),
    t("It is out of date"),
    t("It answers something else"),
    t("There is nothing to answer here"),
    t("A human should answer this"),
  ];
  const [chosen, setChosen] = useState(reasons[0] ?? "");
  const [words, setWords] = useState("");
  const name = useId();
  const reject = () => onReject([chosen, words.trim()].filter((part) => part !== "").join(". "));
  useFormKeys(reject, onCancel);
  return (
    <div className="mt-4 flex animate-appear flex-col gap-4 rounded-2xl border border-line p-5">
      <fieldset>
        <legend className="text-sm font-medium">{t("Why?")}</legend>
        <div className="mt-2 flex flex-col">
          {reasons.map((reason, at) => (
            <label key={reason} className="flex min-h-8 items-center gap-2.5 text-sm">
              <input
                type="radio"
                name={name}
                // biome-ignore lint/a11y/noAutofocus: it was opened to choose in
                autoFocus={at === 0}
                className="size-4 accent-(--accent)"
                checked={reason === chosen}
                onChange={() => setChosen(reason)}
              />
              {reason}
            </label>
          ))}
        </div>
      </fieldset>
      <Field
        label={t("What is wrong, or what is right?")}
        help={t("What you write helps to find the document that has to change.")}
        optional
      >
        <Textarea rows={2} maxLength={900} value={words} onChange={(event) => setWords(event.target.value)} />
      </Field>
      <div className="flex flex-wrap gap-2">
        <Button look="danger" onClick={reject}>
          {t("Reject")}
          <Kbd keys="mod+enter" />
        </Button>
        <Button onClick={onCancel}>{t("Cancel")}</Button>
      </div>
    </div>
  );
}

/** Ctrl or Command with Enter does it, Escape leaves the form, wherever in it one is. */
function useFormKeys(done: () => void, cancel: () => void): void {
  const current = useRef({ done, cancel });
  current.current = { done, cancel };
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape") current.current.cancel();
      if (event.key !== "Enter" || !(event.metaKey || event.ctrlKey)) return;
      event.preventDefault();
      current.current.done();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
}
