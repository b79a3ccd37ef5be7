/** The UI kit: small accessible components in aika's look, for the console and for others' pages. */
export { Button, IconButton } from "./button.tsx";
export { cn, lastWins } from "./classes.ts";
export { CopyButton } from "./copy.tsx";
export { Checkbox, Field, Input, Select, Switch, Textarea, useField } from "./fields.tsx";
export { Kbd } from "./kbd.tsx";
export { Menu, MenuItem, MenuLabel, MenuSeparator } from "./menu.tsx";
export { Dialog, Popover, Sheet } from "./overlays.tsx";
export { type KeyActions, setSingleKeys, singleKeysAreOn, useSingleKeys } from "./single-keys.ts";
export { EmptyState, ErrorNote, Loading, Note, Skeleton, Spinner } from "./states.tsx";
export { Badge, Card, Page, Section, Stat, type Tone } from "./surfaces.tsx";
export { type Column, Table } from "./table.tsx";
export { Segmented, type Tab, Tabs } from "./tabs.tsx";
export { Toasts, toast, toastError } from "./toasts.tsx";
export { Tooltip } from "./tooltip.tsx";
