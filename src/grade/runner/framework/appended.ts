import type { SourceFile } from "../../../core/task.ts";

/** Puts text at the end of a source file, on lines of its own: what is above keeps its line numbers. */
export function withAppended(file: SourceFile, text: string): SourceFile {
  return { ...file, bytes: Buffer.concat([file.bytes, Buffer.from(`\n${text}`)]) };
}

/** Returns the text of a source file. */
export function sourceText(file: SourceFile): string {
  return Buffer.from(file.bytes).toString();
}
