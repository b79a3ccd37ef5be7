import type { BrokenQuestionView, FindingView } from "@aika/client";
import { formatAge, formatTime, t } from "@aika/react/text";
import { Badge, Button, Section } from "@aika/react/ui";
import { MessageCircleQuestion } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { type AlikeQuestions, alike } from "./alike.ts";

/** What people asked. Nobody can tell who. */
export function Questions({ finding }: { finding: FindingView }): ReactNode {
  if (finding.questions.length === 0) return null;
  return (
    <Section
      title={t("The questions behind it")}
      lead={t("They are asked again when the document changes: when all pass, this is resolved by itself.")}
    >
      <ul className="divide-y rounded-2xl border border-line">
        {alike(finding.questions).map((asked) => (
          <Asked key={asked.key} asked={asked} />
        ))}
      </ul>
    </Section>
  );
}

function Asked({ asked: { question, times, words } }: { asked: AlikeQuestions }): ReactNode {
  return (
    <li className="flex items-start gap-4 px-5 py-3">
      <div className="min-w-0 flex-1">
        <p className="text-[0.9375rem] break-words">{question.text}</p>
        {words.map((said) => (
          <blockquote key={said} className="my-1.5 border-l-2 pl-3 text-sm break-words whitespace-pre-line">
            {said}
          </blockquote>
        ))}
        <p className="mt-0.5 text-[0.8125rem] text-muted">
          {times > 1 && `${t("{n} times", { n: times })} · `}
          {causeOf(question)}
          {" · "}
          <time dateTime={question.asked_at} title={formatTime(question.asked_at)}>
            {formatAge(question.asked_at)}
          </time>
        </p>
      </div>
      {question.passes && <Badge tone="good">{t("answered now")}</Badge>}
      <Button asChild look="quiet" size="small">
        <Link
          to={`/?q=${encodeURIComponent(question.text)}`}
          aria-label={t("Ask now: {question}", { question: question.text })}
        >
          <MessageCircleQuestion aria-hidden="true" />
          {t("Ask now")}
        </Link>
      </Button>
    </li>
  );
}

function causeOf({ cause }: BrokenQuestionView): string {
  switch (cause) {
    case "rejected":
      return t("Somebody who knows rejected the answer");
    case "rated down":
      return t("Somebody said that the answer did not help");
    case "contradicted":
      return t("A person then answered otherwise");
    case "unanswered":
      return t("There was no answer");
  }
}
