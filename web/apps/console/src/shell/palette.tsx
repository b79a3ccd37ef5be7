import { useAika } from "@aika/react";
import { t } from "@aika/react/text";
import { useQuery } from "@tanstack/react-query";
import { Command } from "cmdk";
import { Bot, FileText, Library, type LucideIcon, MessageCircleQuestion, MessageSquareText } from "lucide-react";
import { type ReactNode, useDeferredValue, useState } from "react";
import { useNavigate } from "react-router";
import { useMe } from "./me.ts";
import { placesOf } from "./places.ts";

/** Goes anywhere by a few letters: pages, conversations, assistants, sources, documents; or asks what was typed. */
export default function Palette({ onClose }: { onClose: () => void }): ReactNode {
  const navigate = useNavigate();
  const [typed, setTyped] = useState("");
  const places = placesOf(useMe());
  const { conversations, assistants, sources } = useOwnThings();
  const documents = useDocuments(useDeferredValue(typed.trim()));
  const go = (path: string) => {
    onClose();
    navigate(path);
  };
  return (
    <Command.Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      label={t("Go to")}
      overlayClassName="fixed inset-0 z-50 bg-black/40"
      contentClassName="fixed top-[12vh] left-1/2 z-50 w-[min(38rem,calc(100vw-2rem))] -translate-x-1/2 animate-appear overflow-hidden rounded-2xl border border-line bg-raised shadow-float"
    >
      <Command.Input
        value={typed}
        onValueChange={setTyped}
        placeholder={t("Go to a page, a document, a conversation, or ask")}
        className="h-13 w-full border-b bg-transparent px-5 text-[0.9375rem] outline-none placeholder:text-faint"
      />
      <Command.List className="max-h-[55vh] overflow-y-auto p-2">
        {typed.trim() !== "" && (
          <Item
            icon={MessageCircleQuestion}
            value={`ask ${typed}`}
            onSelect={() => go(`/?q=${encodeURIComponent(typed.trim())}`)}
            always
          >
            {t("Ask: {question}", { question: typed.trim() })}
          </Item>
        )}
        <Group heading={t("Pages")}>
          {places.map((place) => (
            <Item
              key={place.path}
              icon={place.icon}
              value={`${place.name} ${place.words}`}
              onSelect={() => go(place.path)}
            >
              {place.name}
            </Item>
          ))}
        </Group>
        <Group heading={t("Documents")}>
          {documents.map((found) => (
            <Item key={found.id} icon={FileText} value={found.id} onSelect={() => go(`/documents/${found.id}`)} always>
              {found.title}
            </Item>
          ))}
        </Group>
        <Group heading={t("Conversations")}>
          {conversations.map((one) => (
            <Item
              key={one.id}
              icon={MessageSquareText}
              value={`${one.title} ${one.id}`}
              onSelect={() => go(`/c/${one.id}`)}
            >
              {one.title}
            </Item>
          ))}
        </Group>
        <Group heading={t("Assistants")}>
          {assistants.map((one) => (
            <Item key={one.id} icon={Bot} value={`${one.name} ${one.id}`} onSelect={() => go(`/?assistant=${one.id}`)}>
              {one.name}
            </Item>
          ))}
        </Group>
        <Group heading={t("Sources")}>
          {sources.map((one) => (
            <Item key={one.id} icon={Library} value={one.id} onSelect={() => go(`/sources/${one.id}`)}>
              {one.id}
            </Item>
          ))}
        </Group>
      </Command.List>
    </Command.Dialog>
  );
}

function Group({ heading, children }: { heading: string; children: ReactNode[] }): ReactNode {
  if (children.length === 0) return null;
  return (
    <Command.Group
      heading={heading}
      className="mt-1 [&_[cmdk-group-heading]]:px-3 [&_[cmdk-group-heading]]:py-1.5 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-muted"
    >
      {children}
    </Command.Group>
  );
}

function Item({
  icon: Icon,
  value,
  onSelect,
  always = false,
  children,
}: {
  icon: LucideIcon;
  value: string;
  onSelect: () => void;
  always?: boolean;
  children: ReactNode;
}): ReactNode {
  return (
    <Command.Item
      value={value}
      onSelect={onSelect}
      forceMount={always}
      className="flex min-h-10 items-center gap-3 rounded-lg px-3 text-sm data-[selected=true]:bg-sunken"
    >
      <Icon aria-hidden="true" className="size-4 shrink-0 text-muted" />
      <span className="truncate">{children}</span>
    </Command.Item>
  );
}

function useOwnThings() {
  const aika = useAika();
  const { data } = useQuery({
    queryKey: ["palette"],
    queryFn: async () => {
      const [conversations, assistants, sources] = await Promise.all([
        aika.GET("/v1/conversations"),
        aika.GET("/v1/assistants"),
        aika.GET("/v1/sources"),
      ]);
      return {
        conversations: conversations.data?.conversations ?? [],
        assistants: assistants.data ?? [],
        sources: sources.data ?? [],
      };
    },
  });
  return data ?? { conversations: [], assistants: [], sources: [] };
}

function useDocuments(words: string): { id: string; title: string }[] {
  const aika = useAika();
  const { data } = useQuery({
    queryKey: ["palette", "documents", words],
    enabled: words.length > 2,
    queryFn: async () => (await aika.POST("/v1/search", { body: { query: words, k: 12 } })).data?.hits ?? [],
  });
  const documents = new Map((data ?? []).map((hit) => [hit.document.id, hit.document]));
  return [...documents.values()].slice(0, 5);
}
