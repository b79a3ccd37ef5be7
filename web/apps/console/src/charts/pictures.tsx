/** The pictures that need recharts: one chunk, fetched when the first of them is shown. */
export { BarPicture } from "./bar-chart.tsx";
export { LinePicture } from "./line-chart.tsx";
export { ReliabilityPicture } from "./reliability-chart.tsx";
