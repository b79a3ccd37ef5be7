/**
 * Charts: each with a title, what it says in a sentence, its numbers as a table and as CSV. Told apart without color, used
 * by keyboard, and read by screen readers. The code that draws them is fetched when the first is shown.
 */

export { BumpChart } from "./bump-chart.tsx";
export type { BumpDocument, BumpStage } from "./bump-data.ts";
export { BarChart, LineChart, ReliabilityChart, StackedBarChart } from "./charts.tsx";
export { type ChartPoint, type ChartSeries, type ChartTable, csvOf, type PointChartProps } from "./data.ts";
export { download } from "./download.ts";
export { ChartFrame, Legend } from "./frame.tsx";
export { RankedBars, type RankedRow } from "./ranked-bars.tsx";
export type { ReliabilityBin } from "./reliability-chart.tsx";
export { traceOfSearch } from "./search-trace.ts";
export { SearchTrace } from "./search-trace-chart.tsx";
export { Sparkline } from "./sparkline.tsx";
export { stageName } from "./stage-names.ts";
