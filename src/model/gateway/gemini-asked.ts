import { isRecord, type JsonRecord, numberIn, recordIn, recordsIn, stringIn } from "../json.ts";

/** Fields whose content is not the API's: what a model wrote, what a tool gave, schemas. */
const OPAQUE: ReadonlySet<string> = new Set([
  "args",
  "response",
  "parameters",
  "parametersJsonSchema",
  "responseSchema",
  "responseJsonSchema",
  "labels",
]);
/** What a request may have; with other fields the provider may do more than the request shows, such as read what it has kept. */
const FIELDS: ReadonlySet<string> = new Set(["contents", "systemInstruction", "tools", "toolConfig", "safetySettings", "generationConfig"]);
/** The tools that the program runs. */
const RUN_BY_PROGRAM: ReadonlySet<string> = new Set(["functionDeclarations", "computerUse"]);
/** What a part may hold besides data. */
const PARTS: ReadonlySet<string> = new Set([
  "text",
  "thought",
  "thoughtSignature",
  "functionCall",
  "functionResponse",
  "inlineData",
  "mediaResolution",
  "partMetadata",
]);

/** Writes the names of fields in one way: the API takes each in two, such as `fileData` and `file_data`. */
export function inOneSpelling(body: JsonRecord): JsonRecord {
  return renamed(body) as JsonRecord;
}

function renamed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(renamed);
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).map(([name, inner]) => {
    const field = name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
    return [field, OPAQUE.has(field) ? inner : renamed(inner)] as const;
  });
  return Object.fromEntries(entries);
}

/** Finds what must not be passed on in a request of Gemini's API: a sentence about it. */
export function geminiRefusal(body: JsonRecord): string | null {
  const field = Object.keys(body).find((name) => !FIELDS.has(name));
  if (field !== undefined) return `it has the field "${field}", with which the provider may do more than the request shows`;
  const tool = recordsIn(body, "tools")
    .flatMap((one) => Object.keys(one))
    .find((name) => !RUN_BY_PROGRAM.has(name));
  if (tool !== undefined) return `it has the tool "${tool}", which runs at the provider`;
  const config = recordIn(body, "generationConfig");
  if ((numberIn(config, "candidateCount") ?? 1) > 1) return "it asks for several answers at once";
  const modes = Array.isArray(config["responseModalities"]) ? config["responseModalities"] : [];
  return modes.some((mode) => mode !== "TEXT") ? "it asks for an answer that is no text, which has prices of its own" : null;
}

/** Counts the images of a conversation, and finds what it only refers to, or what costs more than its bytes tell. */
export function geminiData(body: JsonRecord): { readonly images: number; readonly outside: string | null } {
  const parts = [recordIn(body, "systemInstruction"), ...recordsIn(body, "contents")].flatMap((content) => recordsIn(content, "parts"));
  // What a tool gave may hold data, too.
  const inside = parts.flatMap((part) => recordsIn(recordIn(part, "functionResponse"), "parts"));
  let images = 0;
  for (const part of [...parts, ...inside]) {
    const unknown = Object.keys(part).find((name) => !PARTS.has(name));
    if (unknown !== undefined) return { images, outside: unknown === "fileData" ? "a file elsewhere" : `a part with "${unknown}"` };
    if (part["inlineData"] === undefined) continue;
    const type = stringIn(recordIn(part, "inlineData"), "mimeType") ?? "";
    if (!type.startsWith("image/")) return { images, outside: `a file of the type "${type}"` };
    images += 1;
  }
  return { images, outside: null };
}
