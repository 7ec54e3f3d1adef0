import { readOwnText } from "../files/file.ts";

/** Reads the version of this harness, which is stored with every run. */
export function harnessVersion(): string {
  // The package file is one level above both src/ and dist/.
  return (JSON.parse(readOwnText(new URL("../../package.json", import.meta.url))) as { version: string }).version;
}
