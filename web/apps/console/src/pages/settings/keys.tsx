import type { KeyView } from "@aika/client";
import { useAika } from "@aika/react";
import { formatAge, formatDate, formatList, t } from "@aika/react/text";
import {
  Badge,
  Button,
  type Column,
  Dialog,
  EmptyState,
  ErrorNote,
  IconButton,
  Loading,
  Section,
  Table,
  toast,
  toastError,
} from "@aika/react/ui";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { KeyRound, Plus, Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { NewKeyDialog } from "./new-key.tsx";

/** The API keys of programs that ask aika. */
export function Keys(): ReactNode {
  const aika = useAika();
  const [making, setMaking] = useState(false);
  const keys = useQuery({
    queryKey: ["settings", "keys"],
    queryFn: async () => (await aika.GET("/v1/keys")).data ?? [],
  });
  return (
    <Section
      title={t("API keys")}
      lead={t("For programs, scripts and front ends that ask aika. People sign in instead.")}
      actions={
        <Button onClick={() => setMaking(true)}>
          <Plus aria-hidden="true" />
          {t("New key")}
        </Button>
      }
    >
      {keys.isPending && <Loading rows={2} />}
      {keys.isError && <ErrorNote error={keys.error} retry={() => void keys.refetch()} />}
      {keys.data !== undefined && <KeyTable keys={keys.data} />}
      {making && <NewKeyDialog onClose={() => setMaking(false)} />}
    </Section>
  );
}

function KeyTable({ keys }: { keys: readonly KeyView[] }): ReactNode {
  if (keys.length === 0) {
    return (
      <EmptyState icon={<KeyRound />} title={t("No program has a key yet")}>
        {t("A key lets a program ask as a group of your choice, see some sources only, or ask on behalf of people.")}
      </EmptyState>
    );
  }
  const columns: Column<KeyView>[] = [
    { id: "name", title: t("Name"), cell: (key) => <span className="font-medium">{key.name}</span> },
    { id: "rights", title: t("May"), cell: (key) => <Rights of={key} /> },
    { id: "made", title: t("Made"), cell: (key) => formatAge(key.created_at), wideOnly: true },
    {
      id: "ends",
      title: t("Expires"),
      cell: (key) => (key.expires_at === null ? t("Never") : formatDate(key.expires_at)),
    },
    { id: "actions", title: <span className="sr-only">{t("Actions")}</span>, cell: (key) => <Revoke of={key} /> },
  ];
  return <Table caption={t("API keys")} columns={columns} rows={keys} keyOf={(key) => key.id} />;
}

function Rights({ of: key }: { of: KeyView }): ReactNode {
  return (
    <span className="flex flex-wrap gap-1.5">
      {key.admin && <Badge tone="warn">{t("Manage")}</Badge>}
      {key.on_behalf && <Badge tone="accent">{t("Ask on behalf of people")}</Badge>}
      <Badge>{t("Ask as {principals}", { principals: formatList(key.principals) })}</Badge>
      {key.sources !== null && <Badge>{t("See only {sources}", { sources: formatList(key.sources) })}</Badge>}
    </span>
  );
}

function Revoke({ of: key }: { of: KeyView }): ReactNode {
  const aika = useAika();
  const queries = useQueryClient();
  const [asking, setAsking] = useState(false);
  const revoke = useMutation({
    mutationFn: () => aika.DELETE("/v1/keys/{id}", { params: { path: { id: key.id } } }),
    onError: toastError,
    onSuccess: async () => {
      toast(t("The key {name} no longer works.", { name: key.name }));
      await queries.invalidateQueries({ queryKey: ["settings", "keys"] });
    },
  });
  return (
    <>
      <IconButton label={t("Revoke {name}", { name: key.name })} size="small" onClick={() => setAsking(true)}>
        <Trash2 aria-hidden="true" />
      </IconButton>
      <Dialog
        open={asking}
        onOpenChange={setAsking}
        title={t("Revoke {name}?", { name: key.name })}
        footer={
          <>
            <Button onClick={() => setAsking(false)}>{t("Cancel")}</Button>
            <Button look="danger" busy={revoke.isPending} onClick={() => revoke.mutate()}>
              {t("Revoke")}
            </Button>
          </>
        }
      >
        <p className="text-sm">{t("Programs that use it are refused from now on. This cannot be undone.")}</p>
      </Dialog>
    </>
  );
}
