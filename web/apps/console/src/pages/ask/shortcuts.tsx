import { t } from "@aika/react/text";
import { Dialog, Kbd } from "@aika/react/ui";
import type { ReactNode } from "react";

/** The keys that do something, by where they do. */
export default function Shortcuts({ onClose }: { onClose: () => void }): ReactNode {
  const groups: readonly [string, readonly [string, string][]][] = [
    [
      t("Everywhere"),
      [
        ["mod+k", t("Go to a page, a conversation, a document")],
        ["/", t("Write a question")],
        ["?", t("Show these shortcuts")],
      ],
    ],
    [
      t("While writing a question"),
      [
        ["enter", t("Ask")],
        ["shift+enter", t("Begin a new line")],
        ["up", t("Edit the last question, where nothing is written yet")],
      ],
    ],
    [
      t("With an answer"),
      [
        ["esc", t("Stop it, or close the passage beside it")],
        ["tab", t("Go to its citations, one after the other")],
        ["enter", t("Open the citation's passage in its document")],
      ],
    ],
  ];
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={t("Keyboard shortcuts")}>
      <div className="flex flex-col gap-5">
        {groups.map(([name, keys]) => (
          <section key={name}>
            <h3 className="text-xs font-medium text-muted">{name}</h3>
            <dl className="mt-1.5 divide-y">
              {keys.map(([key, does]) => (
                <div key={key} className="flex items-center justify-between gap-4 py-2 text-sm">
                  <dt>{does}</dt>
                  <dd>
                    <Kbd keys={key} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
