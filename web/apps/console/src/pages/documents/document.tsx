import { type AboutDocumentView, AikaError, type DocumentView } from "@aika/client";
import { StandingBadge, useStandings } from "@aika/react";
import { formatAge, formatTime, t, withPlainAges } from "@aika/react/text";
import { Badge, Button, EmptyState, ErrorNote, Loading, Note, Page } from "@aika/react/ui";
import { ChevronLeft, ExternalLink, FileX2 } from "lucide-react";
import type { ReactNode } from "react";
import { Link, useParams } from "react-router";
import { About } from "./about.tsx";
import { Reading } from "./reading.tsx";
import { useAbout, useDocument } from "./use-document.ts";

/** A document as aika sees it: its text and passages, who may read it, whose it is, and what was made of it. */
export default function Document(): ReactNode {
  const { id = "" } = useParams();
  const document = useDocument(id);
  const about = useAbout(id);
  const error = document.error ?? about.error;
  if (error instanceof AikaError && error.status === 404) return <Missing />;
  if (error !== null) {
    return (
      <Page title={t("Document")}>
        <ErrorNote error={error} retry={() => void Promise.all([document.refetch(), about.refetch()])} />
      </Page>
    );
  }
  if (document.data === undefined || about.data === undefined) {
    return (
      <Page title={t("Document")} wide>
        <Loading rows={8} />
      </Page>
    );
  }
  return <Shown key={id} document={document.data} about={about.data} />;
}

function Missing() {
  return (
    <Page title={t("Document")}>
      <EmptyState
        icon={<FileX2 aria-hidden="true" />}
        title={t("There is no such document for you")}
        action={
          <Button asChild>
            <Link to="/sources">{t("All sources")}</Link>
          </Button>
        }
      >
        {t("It may have been removed at its source, or its readers do not include you.")}
      </EmptyState>
    </Page>
  );
}

function Shown({ document, about }: { document: DocumentView; about: AboutDocumentView }) {
  const standing = useStandings([document.id]).get(document.id);
  return (
    <Page
      wide
      title={document.title}
      back={
        <Link
          to={`/sources/${encodeURIComponent(document.source)}?tab=documents`}
          className="inline-flex items-center gap-1 hover:text-ink"
        >
          <ChevronLeft aria-hidden="true" className="size-4" />
          {document.source}
        </Link>
      }
      actions={<Original url={document.url} />}
    >
      <div className="-mt-4 mb-7 flex flex-wrap items-center gap-x-3 gap-y-2 text-sm text-muted">
        <Badge>{document.kind}</Badge>
        <StandingBadge document={document} standing={standing} />
        <span className="font-mono text-xs break-all">{document.key}</span>
        {document.modified_at !== null && (
          <time dateTime={document.modified_at} title={formatTime(document.modified_at)}>
            {t("changed {age}", { age: formatAge(document.modified_at) })}
          </time>
        )}
      </div>
      {standing !== undefined && standing.reason !== "" && (
        <Note tone="warn" className="mb-6">
          {withPlainAges(standing.reason)}
        </Note>
      )}
      <div className="grid items-start gap-x-12 gap-y-10 xl:grid-cols-[minmax(0,1fr)_20rem]">
        <Reading document={document} about={about} />
        <About document={document} about={about} />
      </div>
    </Page>
  );
}

/** The link to where people read it. Only the web: a browser opens no files of another machine. */
function Original({ url }: { url: string | null }) {
  if (url === null || !/^https?:\/\//i.test(url)) return null;
  return (
    <Button asChild>
      <a href={url} target="_blank" rel="noopener noreferrer">
        <ExternalLink aria-hidden="true" />
        {t("Open the original")}
      </a>
    </Button>
  );
}
