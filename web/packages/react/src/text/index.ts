/** Every word that people see: translated, and with the language's own numbers and dates. */
export {
  formatAge,
  formatDate,
  formatDuration,
  formatList,
  formatNumber,
  formatShare,
  formatTime,
  formatWhen,
  withPlainAges,
} from "./formats.ts";
export { type Catalog, language, speak, T, t } from "./text.tsx";
