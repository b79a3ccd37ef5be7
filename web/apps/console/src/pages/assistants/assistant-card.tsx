import type { AssistantSummary } from "@aika/client";
import { formatAge, t } from "@aika/react/text";
import { Badge, Button, Card } from "@aika/react/ui";
import { CircleAlert, Globe, Lock, MessageCircle, UsersRound } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { useMe } from "../../shell/me.ts";
import { knowledgeWords } from "../ask/knowledge-words.ts";
import { AssistantMenu } from "./assistant-menu.tsx";
import { ownerWords, visibilityWords } from "./words.ts";

const PICTURES = { private: Lock, group: UsersRound, public: Globe } as const;

/** An assistant: what it is for, what it knows, whose it is, who may use it. */
export function AssistantCard({ assistant }: { assistant: AssistantSummary }): ReactNode {
  const me = useMe();
  const ask = `/?assistant=${encodeURIComponent(assistant.id)}`;
  const known = knowledgeWords(assistant.knowledge);
  const Picture = PICTURES[assistant.visibility];
  const mine = assistant.level === "own";
  return (
    <Card className="flex h-full flex-col gap-3.5 transition-colors hover:border-line-strong/70">
      <div className="flex items-start gap-3.5">
        <span
          aria-hidden="true"
          className="flex size-10 shrink-0 items-center justify-center rounded-xl bg-accent-soft text-base font-semibold text-accent-strong"
        >
          {initial(assistant.name)}
        </span>
        <div className="min-w-0 flex-1">
          <h2 className="truncate text-base leading-snug font-semibold">{assistant.name}</h2>
          <p className="truncate text-[0.8125rem] text-muted">
            {mine ? t("Yours") : ownerWords(assistant.owner, me?.person)}
            {assistant.version === null && ` · ${t("from a file")}`}
            {assistant.changed_at !== null && ` · ${t("changed {age}", { age: formatAge(assistant.changed_at) })}`}
          </p>
        </div>
        <AssistantMenu assistant={assistant} />
      </div>
      {assistant.purpose !== "" && <p className="line-clamp-3 text-sm">{assistant.purpose}</p>}
      {assistant.fault !== null && (
        <p className="flex items-start gap-2 rounded-lg bg-bad-soft px-3 py-2 text-[0.8125rem]">
          <CircleAlert aria-hidden="true" className="mt-0.5 size-3.5 shrink-0 text-bad" />
          <span className="min-w-0 break-words">{assistant.fault}</span>
        </p>
      )}
      <p className="line-clamp-3 text-[0.8125rem] text-muted">
        {known.length === 0 ? t("Knows everything that you may read") : known.join(" · ")}
      </p>
      <Examples assistant={assistant} />
      <div className="mt-auto flex items-center gap-2 pt-1">
        <Badge>
          <Picture aria-hidden="true" />
          {visibilityWords(assistant.visibility)}
        </Badge>
        <span className="flex-1" />
        {assistant.level !== null && assistant.fault === null && (
          <Button size="small" asChild>
            <Link to={ask} aria-label={t("Ask {name}", { name: assistant.name })}>
              <MessageCircle aria-hidden="true" />
              {t("Ask")}
            </Link>
          </Button>
        )}
      </div>
    </Card>
  );
}

function Examples({ assistant }: { assistant: AssistantSummary }): ReactNode {
  if (assistant.examples.length === 0 || assistant.level === null || assistant.fault !== null) return null;
  return (
    <ul className="flex flex-col gap-0.5" aria-label={t("Example questions")}>
      {assistant.examples.slice(0, 2).map((example) => (
        <li key={example}>
          <Link
            to={`/?assistant=${encodeURIComponent(assistant.id)}&q=${encodeURIComponent(example)}`}
            className="-mx-2 block truncate rounded-md px-2 py-1 text-[0.8125rem] text-accent hover:bg-sunken"
          >
            {example}
          </Link>
        </li>
      ))}
    </ul>
  );
}

function initial(name: string): string {
  return [...name.trim()][0]?.toLocaleUpperCase() ?? "?";
}
