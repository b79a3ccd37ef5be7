import type { CheckReply } from "@aika/client";
import { formatList, formatNumber, t } from "@aika/react/text";
import { Badge, Card, ErrorNote, Note, Skeleton, Spinner } from "@aika/react/ui";
import { CircleCheck, CircleX, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { plainWords } from "./plain.ts";
import { fieldLabel } from "./problem-map.ts";
import type { Look } from "./use-look.ts";

/** What a check or a preview has found, beside the form. */
export function LookPanel({ look }: { look: Look }): ReactNode {
  return (
    <div aria-live="polite" className="flex flex-col gap-4">
      {look.doing === "checking" && <Busy text={t("Connecting, and looking at what is there…")} />}
      {look.check !== null && <Checked reply={look.check} />}
      {look.error !== null && <ErrorNote error={look.error} />}
      {look.doing === "reading" && (
        <Busy
          text={
            look.listed > 0
              ? t("Reading… {n} found so far", { n: formatNumber(look.listed) })
              : t("Reading the first documents…")
          }
        />
      )}
      {(look.documents.length > 0 || look.unreadable.length > 0 || look.doing === "reading") && (
        <Previewed look={look} />
      )}
      {look.doing === "nothing" && look.check === null && look.error === null && look.documents.length === 0 && (
        <Idle />
      )}
    </div>
  );
}

function Idle() {
  return (
    <div className="rounded-2xl border border-dashed px-5 py-8 text-center text-sm text-muted">
      <p className="font-medium text-ink">{t("Look before you save")}</p>
      <p className="mt-1 text-balance">
        {t("Check connects and counts. Preview reads the first documents as aika would. Nothing is kept.")}
      </p>
    </div>
  );
}

function Busy({ text }: { text: string }) {
  return (
    <p className="flex items-center gap-2.5 rounded-xl bg-sunken px-4 py-3 text-sm">
      <Spinner className="text-accent" />
      {text}
    </p>
  );
}

function Checked({ reply }: { reply: CheckReply }) {
  if (reply.problems.length > 0) {
    return (
      <Note tone="bad">
        <p className="flex items-center gap-2 font-medium">
          <CircleX aria-hidden="true" className="size-4 text-bad" />
          {t("{n, plural, one {One field needs a look} other {# fields need a look}}", { n: reply.problems.length })}
        </p>
        <ul className="mt-1.5 list-disc pl-6">
          {reply.problems.map((problem) => (
            <li key={problem.field + problem.message} className="break-words">
              {problem.field !== "" && <span className="font-medium">{fieldLabel(problem.field)}: </span>}
              {problem.message}
            </li>
          ))}
        </ul>
      </Note>
    );
  }
  if (reply.connected === false) {
    return (
      <Note tone="bad">
        <p className="flex items-center gap-2 font-medium">
          <CircleX aria-hidden="true" className="size-4 text-bad" />
          {t("It could not be read")}
        </p>
        <p className="mt-1 break-words">{reply.error}</p>
      </Note>
    );
  }
  return <Connected reply={reply} />;
}

function Connected({ reply }: { reply: CheckReply }) {
  const look = reply.look;
  if (look === null) return null;
  return (
    <>
      <Note tone="good">
        <p className="flex items-center gap-2 font-medium">
          <CircleCheck aria-hidden="true" className="size-4 text-good" />
          {look.whole
            ? t("Connected. {n, plural, =0 {No document} one {# document} other {# documents}} found.", {
                n: look.found,
              })
            : t("Connected. {n} documents found so far, and there are more.", { n: formatNumber(look.found) })}
        </p>
        {look.groups > 0 && (
          <p className="mt-1">
            {t("It tells who is in {n, plural, one {# group} other {# groups}}.", { n: look.groups })}
          </p>
        )}
        {look.unreadable > 0 && (
          <p className="mt-1">
            {t(
              "Of the first ones, {n, plural, one {# cannot be read} other {# cannot be read}}: the preview says why.",
              {
                n: look.unreadable,
              },
            )}
          </p>
        )}
      </Note>
      {reply.warnings.map((warning) => (
        <Note key={warning} tone="warn" className="flex gap-2.5">
          <TriangleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-warn" />
          {warning}
        </Note>
      ))}
    </>
  );
}

function Previewed({ look }: { look: Look }) {
  return (
    <Card className="p-0">
      <ul className="divide-y">
        {look.documents.map((document) => (
          <li key={document.key} className="px-4 py-3.5">
            <div className="flex items-start justify-between gap-3">
              <p className="min-w-0 font-medium break-words">{document.title}</p>
              <Badge>{document.kind}</Badge>
            </div>
            <p className="mt-0.5 truncate font-mono text-xs text-muted" title={document.key}>
              {document.key}
            </p>
            <p className="mt-1.5 line-clamp-2 text-[0.8125rem] text-muted">{plainWords(document.excerpt)}</p>
            <p className="mt-1.5 flex flex-wrap gap-x-3 text-xs text-muted">
              <span>{t("{n, plural, one {# passage} other {# passages}}", { n: document.chunks })}</span>
              <span>{document.owner === null ? t("no owner") : t("owner: {name}", { name: document.owner.name })}</span>
              <span className={document.readers.length === 0 ? "font-medium text-warn" : undefined}>
                {document.readers.length === 0
                  ? t("nobody may read it")
                  : t("read by {who}", { who: formatList(document.readers.slice(0, 3)) })}
              </span>
            </p>
          </li>
        ))}
        {look.unreadable.map((item) => (
          <li key={`${item.key} ${item.reason}`} className="px-4 py-3.5">
            <p className="flex items-center gap-2 text-sm">
              <TriangleAlert aria-hidden="true" className="size-4 shrink-0 text-warn" />
              <span className="min-w-0 font-mono text-xs break-all">{item.key}</span>
            </p>
            <p className="mt-1 text-[0.8125rem] text-muted">{item.reason}</p>
          </li>
        ))}
        {look.doing === "reading" && (
          <li className="flex flex-col gap-2 px-4 py-3.5">
            <Skeleton className="w-1/2" />
            <Skeleton className="h-3" />
          </li>
        )}
      </ul>
    </Card>
  );
}
