import { readFileSync } from "node:fs";

/** Reads the version of this harness, which is stored with every run. */
export function harnessVersion(): string {
  // The package file is one level above both src/ and dist/.
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
