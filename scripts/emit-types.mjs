// Writes the declarations of an entry, and of what they name, for users who import the package.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";

const compiler = join("node_modules", "typescript", "bin", "tsc");

/** Emits the declarations that an entry below src/ reaches into a folder, with specifiers that any resolution of modules understands. */
export async function emitTypes(entry, folder) {
  const all = mkdtempSync(join(tmpdir(), "bench-types-"));
  try {
    const flags = ["--declaration", "--emitDeclarationOnly", "--noEmit", "false", "--rootDir", "src", "--outDir", all];
    execFileSync(process.execPath, [compiler, "-p", "tsconfig.api.json", ...flags], { stdio: "inherit" });
    copyReached(join(all, relative("src", entry)).replace(/\.ts$/, ".d.ts"), all, folder);
  } finally {
    rmSync(all, { recursive: true, force: true });
  }
}

function copyReached(first, from, to) {
  const reached = new Set();
  const visit = (file) => {
    if (reached.has(file)) return;
    reached.add(file);
    const text = readFileSync(file, "utf8");
    const target = join(to, relative(from, file));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text.replace(/((?:from|import)\s*\(?\s*")(\.[^"]+)\.ts"/g, '$1$2.js"'));
    for (const [, specifier] of text.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)\.ts"/g)) visit(join(dirname(file), `${specifier}.d.ts`));
  };
  visit(first);
}
