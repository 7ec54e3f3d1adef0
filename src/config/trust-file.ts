import { type Document, isMap, isSeq, parseDocument } from "yaml";
import { z } from "zod";
import { placeNamed } from "../files/place.ts";
import { readYaml } from "./yaml-file.ts";

const host = z
  .string()
  .refine(
    isHost,
    'expected a host as addresses have it, with a port that is not the usual one, such as "api.example.com" or "localhost:8000"',
  );

const trustSchema = z
  .strictObject({
    keys: z
      .array(z.strictObject({ variable: z.string().min(1), host }))
      .nullable()
      .optional(),
    builds: z
      .array(z.strictObject({ image: z.string().min(1), network: z.boolean() }))
      .nullable()
      .optional(),
    hosts: z.array(z.string().min(1)).nullable().optional(),
    databases: z.array(z.string().min(1)).nullable().optional(),
  })
  .nullable();

/** What a user has allowed: which key may go to which host, which images may be built, which hosts of the own network agents may read, and the ids of databases that may be written to. */
export type Granted = {
  readonly keys: readonly { readonly variable: string; readonly host: string }[];
  /** With `network`, the build may also use the network. */
  readonly builds: readonly { readonly image: string; readonly network: boolean }[];
  readonly hosts: readonly string[];
  readonly databases: readonly string[];
};

/** Nothing granted. */
export const NOTHING_GRANTED: Granted = { keys: [], builds: [], hosts: [], databases: [] };

// Every new database is remembered, also those of tests and temporary folders. Beyond this number the file would take longer to read than the rest of a start; the
// oldest are forgotten, and writing to one of them is asked for again.
const MAX_DATABASES = 1000;

const HEADER = `# What bench may do: your answers to its questions. You can edit this file.
#   keys       which key may be sent to which host
#   builds     which images may be built from folders of suites, and whether with the network
#   hosts      hosts of your own network whose pages agents may read where a task lists them
#   databases  ids of databases that may be written to
`;

/** Reads trust.yaml; throws UserError naming file, line and field when it is malformed. */
export function readTrustFile(path: string): Granted {
  const { keys, builds, hosts, databases } = readYaml(placeNamed(path), trustSchema) ?? {};
  return { keys: keys ?? [], builds: builds ?? [], hosts: hosts ?? [], databases: databases ?? [] };
}

/** Adds grants to the text of trust.yaml, empty for a new file, and keeps what else is written there, comments included. `text` must be one that `readTrustFile` accepts. */
export function withGrants(text: string, { keys, builds, hosts, databases }: Granted): string {
  const document: Document = parseDocument(text === "" ? HEADER : text);
  if (!isMap(document.contents)) document.contents = document.createNode({});
  for (const [section, items] of Object.entries({ keys, builds, hosts, databases })) {
    if (items.length === 0) continue;
    if (!isSeq(document.get(section))) document.set(section, document.createNode([]));
    for (const item of items) document.addIn([section], document.createNode(item, { flow: true }));
  }
  const known = document.get("databases");
  if (isSeq(known)) known.items.splice(0, known.items.length - MAX_DATABASES);
  return document.toString({ lineWidth: 0 });
}

function isHost(text: string): boolean {
  return URL.canParse(`https://${text}`) && new URL(`https://${text}`).host === text;
}
