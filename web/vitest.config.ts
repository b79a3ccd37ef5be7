import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { environment: "jsdom", include: ["{packages,apps}/*/src/**/*.test.{ts,tsx}"], setupFiles: ["./vitest.setup.ts"] },
});
