/**
 * Stands in for `tailwind-merge`, which streamdown names: our own does for its few class lists, and knows a tenth of the names.
 */
export { lastWins as twMerge } from "@aika/react/ui";
