import { describe, expect, it } from "vitest";
import { chosen, fieldsOf, labelOf, type Values } from "./schema.ts";

const VARIABLE = "$" + "{T}";

const SCHEMA: Values = {
  properties: {
    url: { anyOf: [{ type: "string" }, { type: "null" }], default: null, description: "Where it is." },
    token: { type: "string", format: "password", writeOnly: true },
    include: { type: "array", items: { type: "string" }, default: [] },
    content: {
      type: "array",
      items: { enum: ["issues", "releases"], type: "string" },
      default: ["issues", "releases"],
    },
    forks: { type: "boolean", default: false },
    max_file_bytes: { type: "integer", exclusiveMinimum: 0, default: 100 },
    headers: { type: "object", additionalProperties: { type: "string", writeOnly: true }, default: {} },
    app: { anyOf: [{ $ref: "#/$defs/App" }, { type: "null" }], default: null },
  },
  required: ["token"],
  $defs: { App: { type: "object", properties: { app_id: { type: "string" } }, required: ["app_id"] } },
};

describe("a connector's schema", () => {
  it("becomes fields of the shapes that a form knows", () => {
    const shapes = Object.fromEntries(fieldsOf(SCHEMA).map((field) => [field.name, field.shape.kind]));

    expect(shapes).toEqual({
      url: "text",
      token: "secret",
      include: "list",
      content: "list",
      forks: "switch",
      max_file_bytes: "number",
      headers: "pairs",
      app: "group",
    });
  });

  it("says which fields must be filled in", () => {
    expect(
      fieldsOf(SCHEMA)
        .filter((field) => field.required)
        .map((field) => field.name),
    ).toEqual(["token"]);
  });
});

describe("what is written down", () => {
  it("leaves out what is empty and what is the default", () => {
    const values = {
      url: "",
      token: VARIABLE,
      include: ["", "docs/**"],
      forks: false,
      max_file_bytes: 100,
      app: { app_id: "" },
    };

    expect(chosen(fieldsOf(SCHEMA), values)).toEqual({ token: VARIABLE, include: ["docs/**"] });
  });

  it("keeps what a form does not know", () => {
    expect(chosen(fieldsOf(SCHEMA), { newer: 3 })).toEqual({ newer: 3 });
  });
});

it("names fields in words", () => {
  expect([labelOf("max_file_bytes"), labelOf("api_url"), labelOf("app_id")]).toEqual([
    "Max file bytes",
    "API URL",
    "App ID",
  ]);
  expect(labelOf("urls")).toBe("URLs");
});
