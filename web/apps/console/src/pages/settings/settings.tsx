import { formatDate, formatTime, t } from "@aika/react/text";
import {
  Badge,
  Card,
  Field,
  Loading,
  Page,
  Section,
  Segmented,
  Select,
  Switch,
  setSingleKeys,
  singleKeysAreOn,
} from "@aika/react/ui";
import { type ReactNode, useState } from "react";
import { chooseLanguage, chosenLanguage, languages } from "../../shell/languages.ts";
import { useMe } from "../../shell/me.ts";
import { type Theme, useTheme } from "../../shell/theme.ts";
import { Keys } from "./keys.tsx";
import { Sessions } from "./sessions.tsx";

/** What concerns oneself, and for operators the keys of programs. */
export default function Settings(): ReactNode {
  const me = useMe();
  return (
    <Page title={t("Settings")}>
      <Appearance />
      <Account />
      {me?.signed_in_by === "session" && me.person !== null && <Sessions />}
      {me?.operator === true && <Keys />}
    </Page>
  );
}

function Appearance(): ReactNode {
  const [theme, choose] = useTheme();
  const [singleKeys, setKeys] = useState(singleKeysAreOn);
  const known = languages();
  return (
    <Section title={t("Appearance")} lead={t("Kept in this browser.")}>
      <Card className="flex flex-wrap gap-x-12 gap-y-5">
        <div className="flex flex-col gap-1.5">
          <span className="text-sm font-medium">{t("Theme")}</span>
          <Segmented<Theme>
            label={t("Theme")}
            value={theme}
            onValueChange={choose}
            choices={[
              { value: "light", label: t("Light") },
              { value: "dark", label: t("Dark") },
              { value: "system", label: t("System") },
            ]}
          />
        </div>
        <div className="flex flex-col gap-1.5">
          <span className="text-sm font-medium">{t("Keyboard")}</span>
          <div className="flex min-h-9 items-center">
            <Switch
              label={t("Single keys are shortcuts")}
              checked={singleKeys}
              onCheckedChange={(on) => {
                setSingleKeys(on);
                setKeys(on);
              }}
            />
          </div>
        </div>
        {known.length > 1 && (
          <Field label={t("Language")}>
            <Select value={chosenLanguage()} onChange={(event) => chooseLanguage(event.target.value)}>
              {known.map((tag) => (
                <option key={tag} value={tag}>
                  {new Intl.DisplayNames([tag], { type: "language" }).of(tag)}
                </option>
              ))}
            </Select>
          </Field>
        )}
      </Card>
    </Section>
  );
}

function Account(): ReactNode {
  const me = useMe();
  if (me === undefined) return <Loading rows={2} />;
  const names = { asker: t("Asks"), owner: t("Owns sources"), admin: t("Administrator") };
  const ways = {
    local: t("By being on this machine: nobody else can reach this server."),
    key: t("By an API key."),
    session: t("By signing in."),
  };
  return (
    <Section title={t("Account")}>
      <Card>
        <dl className="grid gap-x-8 gap-y-3 text-sm sm:grid-cols-[10rem_1fr]">
          <dt className="text-muted">{t("Name")}</dt>
          <dd>{me.name}</dd>
          {me.email !== null && (
            <>
              <dt className="text-muted">{t("E-mail address")}</dt>
              <dd>{me.email}</dd>
            </>
          )}
          <dt className="text-muted">{t("Roles")}</dt>
          <dd className="flex flex-wrap gap-1.5">
            {me.roles.map((role) => (
              <Badge key={role}>{names[role]}</Badge>
            ))}
          </dd>
          <dt className="text-muted">{t("Signed in")}</dt>
          <dd>
            {ways[me.signed_in_by]}
            {me.session_expires_at !== null && (
              <span title={formatTime(me.session_expires_at)}>
                {" "}
                {t("Until {day} at the latest.", { day: formatDate(me.session_expires_at) })}
              </span>
            )}
          </dd>
        </dl>
      </Card>
    </Section>
  );
}
