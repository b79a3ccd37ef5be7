import type { FindingView } from "@aika/client";
import { useAika } from "@aika/react";
import { t } from "@aika/react/text";
import { Button, CopyButton, Section, Segmented } from "@aika/react/ui";
import { useQuery } from "@tanstack/react-query";
import { Download, PencilLine } from "lucide-react";
import { type ReactNode, useMemo, useState } from "react";
import { download } from "../../../charts/index.ts";
import { DiffView, type Layout } from "./diff-view.tsx";
import { editAddress } from "./edit-address.ts";
import { editOf, hunksOf, isPatchable, patchOf } from "./rows.ts";

/** What the document could say instead, as a diff in its own text. Nothing is changed by itself. */
export function SuggestedEdit({ finding }: { finding: FindingView }): ReactNode {
  const aika = useAika();
  const { suggestion } = finding;
  const [layout, setLayout] = useState<Layout>("unified");
  const id = suggestion?.document ?? "";
  const document = useQuery({
    queryKey: ["documents", id],
    queryFn: async () => (await aika.GET("/v1/documents/{id}", { params: { path: { id } } })).data,
    enabled: suggestion !== null,
  });
  const near = finding.exhibits.find((exhibit) => exhibit.document.id === id)?.start ?? 0;
  const edit = useMemo(
    () => (suggestion === null ? null : editOf(suggestion, document.data?.text, near)),
    [suggestion, document.data, near],
  );
  const hunks = useMemo(() => (edit === null ? [] : hunksOf(edit)), [edit]);
  if (suggestion === null || edit === null) return null;
  const shown = finding.exhibits.find((exhibit) => exhibit.document.id === id)?.document ?? document.data;
  const original = editAddress(shown?.url ?? null);
  const patch = () => patchOf(edit, shown?.key ?? "document");
  return (
    <Section
      title={t("Suggested edit")}
      lead={sentence(suggestion.reason)}
      actions={
        <Segmented<Layout>
          label={t("Layout of the diff")}
          className="hidden sm:inline-flex"
          value={layout}
          onValueChange={setLayout}
          choices={[
            { value: "unified", label: t("Unified") },
            { value: "split", label: t("Split") },
          ]}
        />
      }
    >
      <div className="overflow-hidden rounded-2xl border border-line">
        <div className="flex items-center justify-between gap-3 border-b bg-sunken/50 py-1.5 pr-2 pl-4">
          <span className="min-w-0 truncate font-mono text-[0.8125rem] text-muted">{shown?.key}</span>
          <CopyButton text={suggestion.after} label={t("Copy the suggested words")} />
        </div>
        <DiffView hunks={hunks} layout={layout} />
      </div>
      <div className="mt-3 flex flex-wrap gap-2">
        {original !== null && (
          <Button asChild>
            <a href={original} target="_blank" rel="noopener noreferrer">
              <PencilLine aria-hidden="true" />
              {t("Edit the original")}
            </a>
          </Button>
        )}
        {edit.whole && isPatchable(shown?.key ?? "") && (
          <Button onClick={() => download(fileName(shown?.key ?? "document"), patch(), "text/x-diff;charset=utf-8")}>
            <Download aria-hidden="true" />
            {t("Download as a patch")}
          </Button>
        )}
      </div>
      <p className="mt-2 text-[0.8125rem] text-muted">
        {edit.whole
          ? t("A proposal: whoever owns the document decides, and changes it where it is kept.")
          : t("These words are not in the document as aika holds it now, so that they are shown by themselves.")}
      </p>
    </Section>
  );
}

/** The server's reasons are parts of sentences. */
function sentence(text: string): string {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}

function fileName(key: string): string {
  return `${(key.split("/").at(-1) ?? "document").replace(/[^\w.-]+/g, "-")}.patch`;
}
