import { useAika } from "@aika/react";
import { t } from "@aika/react/text";
import { Button, Menu, MenuItem, MenuLabel, MenuSeparator, toastError } from "@aika/react/ui";
import { Check, ChevronsUpDown, Keyboard, LogOut, Monitor, Moon, Settings, Sun } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { useMe } from "./me.ts";
import { signOut } from "./signing-out.ts";
import { type Theme, useTheme } from "./theme.ts";

/** Who one is, and what concerns oneself only. */
export function Account(): ReactNode {
  const me = useMe();
  const aika = useAika();
  return (
    <Menu
      align="start"
      trigger={
        <Button look="quiet" className="mt-1 h-11 w-full justify-start px-2">
          <span
            aria-hidden="true"
            className="flex size-7 items-center justify-center rounded-full bg-accent-soft text-xs font-semibold text-accent-strong"
          >
            {(me?.name ?? "·").slice(0, 1).toUpperCase()}
          </span>
          <span className="min-w-0 flex-1 truncate text-left text-ink">{me?.name ?? t("Account")}</span>
          <ChevronsUpDown aria-hidden="true" />
        </Button>
      }
    >
      {me?.email != null && <MenuLabel>{me.email}</MenuLabel>}
      <ThemeChoices />
      <MenuSeparator />
      <MenuItem onSelect={() => dispatchEvent(new CustomEvent("aika:shortcuts"))}>
        <Keyboard aria-hidden="true" />
        {t("Keyboard shortcuts")}
      </MenuItem>
      <MenuItem asChild>
        <Link to="/settings">
          <Settings aria-hidden="true" />
          {t("Settings")}
        </Link>
      </MenuItem>
      {me?.signed_in_by === "session" && (
        <MenuItem onSelect={() => void signOut(aika).catch(toastError)}>
          <LogOut aria-hidden="true" />
          {t("Sign out")}
        </MenuItem>
      )}
    </Menu>
  );
}

function ThemeChoices(): ReactNode {
  const [theme, choose] = useTheme();
  const choices: readonly [Theme, string, typeof Sun][] = [
    ["light", t("Light"), Sun],
    ["dark", t("Dark"), Moon],
    ["system", t("As the system"), Monitor],
  ];
  return choices.map(([value, label, Icon]) => (
    <MenuItem key={value} onSelect={() => choose(value)}>
      <Icon aria-hidden="true" />
      <span className="flex-1">{label}</span>
      {theme === value && <Check aria-label={t("chosen")} />}
    </MenuItem>
  ));
}
