import { z } from "zod";
import { printable } from "../core/printable.ts";
import type { WebRule } from "../core/web.ts";
import { allowsAddress, parseWebEntry } from "../core/web.ts";

const MAX_ENTRIES = 100;
const MAX_PRIVATE = 20;
const MAX_ENTRY = 500;
const MAX_SHOWN = 100;

const entrySchema = z
  .string()
  .max(MAX_ENTRY)
  .refine((text) => parseWebEntry(text) !== null, {
    error: ({ input }) =>
      `${quoted(input)} is none; expected a host, such as docs.python.org or *.example.com, or the beginning of an address, such as https://example.com/guide/`,
  });

const hostSchema = z
  .string()
  .max(MAX_ENTRY)
  .refine((text) => URL.canParse(`https://${text}`) && new URL(`https://${text}`).hostname === text, {
    error: ({ input }) => `${quoted(input)} is none; expected a host alone, such as localhost or 10.0.0.5`,
  });

/** Schema of what a task lets its agents read of the web. */
export const webSchema = z
  .strictObject({
    allow: z.array(entrySchema).min(1).max(MAX_ENTRIES).describe("hosts, or beginnings of addresses, that agents may read with web_fetch"),
    private: z
      .array(hostSchema)
      .max(MAX_PRIVATE)
      .default([])
      .describe("hosts of the list that may have addresses of this machine or of its own network; its user is asked"),
  })
  .superRefine(({ allow, private: hosts }, context) => {
    const entries = allow.flatMap((text) => parseWebEntry(text) ?? []);
    for (const [index, host] of hosts.entries()) {
      const isListed = entries.some((entry) => {
        const port = entry.port === "" ? "" : `:${entry.port}`;
        return allowsAddress([entry], new URL(`${entry.protocol ?? "https:"}//${host}${port}${entry.path}`));
      });
      if (!isListed)
        context.addIssue({
          code: "custom",
          path: ["private", index],
          message: `${quoted(host)} is not in allow; add it there, or remove it`,
        });
    }
  });

function quoted(value: unknown): string {
  return `"${printable(String(value), MAX_SHOWN)}"`;
}

/** Gives the rule of a task, where it has one. */
export function webOf(web: z.output<typeof webSchema> | undefined): { readonly web?: WebRule } {
  return web === undefined ? {} : { web };
}
