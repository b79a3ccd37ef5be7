import type { AboutDocumentView } from "@aika/client";
import { formatAge, t } from "@aika/react/text";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { Part } from "./about.tsx";

/** In how many answers a document was cited, and one's own questions among them. */
export function Cited({ cited }: { cited: AboutDocumentView["cited"] }): ReactNode {
  return (
    <Part title={t("Cited in answers")}>
      <p>{words(cited)}</p>
      {cited.last_at !== null && (
        <p className="text-[0.8125rem] text-muted">{t("the last one {age}", { age: formatAge(cited.last_at) })}</p>
      )}
      {cited.questions.length > 0 && (
        <ul className="mt-2 flex flex-col gap-1.5 border-l pl-3">
          {cited.questions.map((one) => (
            <li key={one.asked_at + one.question} className="min-w-0">
              {one.conversation_id === null ? (
                <span className="line-clamp-2 break-words">{one.question}</span>
              ) : (
                <Link
                  to={`/c/${one.conversation_id}`}
                  className="line-clamp-2 break-words hover:text-accent hover:underline"
                >
                  {one.question}
                </Link>
              )}
              <span className="text-xs text-muted">
                {one.conversation_id === null
                  ? formatAge(one.asked_at)
                  : t("you asked {age}", { age: formatAge(one.asked_at) })}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Part>
  );
}

function words(cited: AboutDocumentView["cited"]): string {
  if (cited.answers === null) return t("In a few. How many is hidden, because it would tell who asked.");
  if (cited.answers === 0) return t("In none that is kept.");
  return t(
    "{answers, plural, one {In # answer} other {In # answers}}, for {people, plural, one {# person} other {# people}}",
    {
      answers: cited.answers,
      people: cited.people ?? 0,
    },
  );
}
