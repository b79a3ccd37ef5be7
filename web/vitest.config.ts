import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    environment: "jsdom",
    include: ["{packages,apps}/*/src/**/*.test.{ts,tsx}", "messages/*.test.ts"],
    setupFiles: ["./vitest.setup.ts"],
  },
});
