/** Components for answers with citations, on top of `@aika/client`. */
export { AikaProvider, useAika } from "./provider.tsx";
