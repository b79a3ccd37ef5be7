import {
  BookOpenText,
  Cloud,
  Folder,
  FolderGit2,
  Gauge,
  GitPullRequest,
  Globe,
  HardDrive,
  type LucideIcon,
  MessagesSquare,
  Network,
  PackageOpen,
  Plug,
  SquareCheckBig,
  SquareKanban,
  Upload,
  Users,
  Webhook,
} from "lucide-react";
import type { ReactNode } from "react";

const ICONS: Readonly<Record<string, LucideIcon>> = {
  filesystem: Folder,
  git: FolderGit2,
  github: GitPullRequest,
  web: Globe,
  confluence: BookOpenText,
  jira: SquareKanban,
  slack: MessagesSquare,
  "slack-export": PackageOpen,
  "google-drive": HardDrive,
  linear: SquareCheckBig,
  "backstage-catalog": Network,
  people: Users,
  openapi: Webhook,
  grafana: Gauge,
  s3: Cloud,
  push: Upload,
};

/** The picture of a kind of source. The name stands beside it. */
export function ConnectorIcon({ connector, className }: { connector: string; className?: string }): ReactNode {
  const Icon = ICONS[connector] ?? Plug;
  return <Icon aria-hidden="true" className={className} />;
}
