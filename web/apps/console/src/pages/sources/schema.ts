/** The JSON Schema of a connector's options, read into what a form needs. */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
export type Values = Readonly<Record<string, Json>>;

export type Shape =
  | { kind: "text"; placeholder?: string }
  | { kind: "secret" }
  | { kind: "path" }
  | { kind: "number"; whole: boolean; least: number | null }
  | { kind: "switch" }
  | { kind: "choice"; choices: readonly string[] }
  | { kind: "list"; choices: readonly string[] | null; secret: boolean }
  | { kind: "pairs"; secret: boolean }
  | { kind: "group"; fields: readonly OptionField[] };

export interface OptionField {
  readonly name: string;
  readonly label: string;
  readonly help: string;
  readonly required: boolean;
  readonly initial: Json | undefined;
  readonly shape: Shape;
}

type Schema = { readonly [name: string]: Json };

/** Returns the fields of a schema, in its order. */
export function fieldsOf(schema: Schema, root: Schema = schema): OptionField[] {
  const properties = asSchema(schema.properties);
  const required = new Set(Array.isArray(schema.required) ? schema.required : []);
  return Object.entries(properties).map(([name, property]) => {
    const given = asSchema(property);
    return {
      name,
      label: labelOf(name),
      help: typeof given.description === "string" ? given.description : "",
      required: required.has(name),
      initial: given.default,
      shape: shapeOf(given, root),
    };
  });
}

/** Returns a field's name in words: `max_file_bytes` is "Max file bytes". */
export function labelOf(name: string): string {
  const words = name.replaceAll("_", " ");
  const said = words.replace(/\b(url|urls|id|api|jql)\b/g, (word) => word.toUpperCase().replace("URLS", "URLs"));
  return said.charAt(0).toUpperCase() + said.slice(1);
}

/** Returns the values without those that are the field's default or empty: what nobody chose is not written down. */
export function chosen(fields: readonly OptionField[], values: Values): Record<string, Json> {
  const kept: Record<string, Json> = {};
  for (const [name, value] of Object.entries(values)) {
    const field = fields.find((one) => one.name === name);
    const pruned = prune(field, value);
    if (pruned === undefined || isEmpty(pruned)) continue;
    if (field !== undefined && !field.required && same(pruned, field.initial)) continue;
    kept[name] = pruned;
  }
  return kept;
}

function prune(field: OptionField | undefined, value: Json): Json | undefined {
  if (field?.shape.kind === "group" && isRecord(value)) return chosen(field.shape.fields, value);
  if (Array.isArray(value)) return value.filter((item) => item !== "");
  return value;
}

export function isEmpty(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === "") return true;
  if (Array.isArray(value)) return value.length === 0;
  return isRecord(value) && Object.keys(value).length === 0;
}

export function isRecord(value: Json | undefined): value is { readonly [name: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function same(one: Json, other: Json | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function shapeOf(given: Schema, root: Schema): Shape {
  const schema = resolved(given, root);
  if (Array.isArray(schema.enum)) return { kind: "choice", choices: schema.enum.map(String) };
  switch (schema.type) {
    case "boolean":
      return { kind: "switch" };
    case "integer":
    case "number":
      return { kind: "number", whole: schema.type === "integer", least: leastOf(schema) };
    case "array": {
      const items = resolved(asSchema(schema.items), root);
      const choices = Array.isArray(items.enum) ? items.enum.map(String) : null;
      return { kind: "list", choices, secret: items.writeOnly === true };
    }
    case "object":
      if (schema.properties !== undefined) return { kind: "group", fields: fieldsOf(schema, root) };
      return { kind: "pairs", secret: asSchema(schema.additionalProperties).writeOnly === true };
    default:
      return textOf(schema);
  }
}

function textOf(schema: Schema): Shape {
  if (schema.writeOnly === true || schema.format === "password") return { kind: "secret" };
  if (schema.format === "path") return { kind: "path" };
  if (schema.format === "duration") return { kind: "text", placeholder: "P1D" };
  if (schema.format === "date-time") return { kind: "text", placeholder: "2024-01-01T00:00:00Z" };
  return { kind: "text" };
}

function leastOf(schema: Schema): number | null {
  if (typeof schema.minimum === "number") return schema.minimum;
  return typeof schema.exclusiveMinimum === "number" ? schema.exclusiveMinimum : null;
}

/** Returns what a schema means that refers to another one, or that may also be null. */
function resolved(schema: Schema, root: Schema): Schema {
  if (typeof schema.$ref === "string") {
    const name = schema.$ref.split("/").at(-1) ?? "";
    return resolved(asSchema(asSchema(root.$defs)[name]), root);
  }
  if (Array.isArray(schema.anyOf)) {
    const one = schema.anyOf.map(asSchema).find((option) => option.type !== "null");
    return one === undefined ? schema : resolved(one, root);
  }
  return schema;
}

function asSchema(value: Json | undefined): Schema {
  return isRecord(value) ? value : {};
}
