import { t } from "@aika/react/text";
import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { Part } from "./about.tsx";
import { useFindings } from "./use-document.ts";

/** What is wrong with a document, as questions have shown. Nothing where nothing is. */
export function Findings({ id }: { id: string }): ReactNode {
  const { data = [] } = useFindings(id);
  if (data.length === 0) return null;
  return (
    <Part title={t("What is wrong with it")}>
      <ul className="flex flex-col gap-2">
        {data.map((finding) => (
          <li key={finding.id} className="flex gap-2">
            <CircleAlert aria-hidden="true" className="mt-1 size-3.5 shrink-0 text-warn" />
            <Link
              to={`/health/findings/${finding.id}`}
              className="min-w-0 break-words hover:text-accent hover:underline"
            >
              {finding.title}
              <span className="block text-xs text-muted">
                {finding.kind}
                {finding.people > 0 &&
                  ` · ${t("{n, plural, one {# person} other {# people}} got no good answer", { n: finding.people })}`}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </Part>
  );
}
