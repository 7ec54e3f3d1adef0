// Gathers the licences of packages whose code is part of a bundle.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

/** Writes one notice for the packages that esbuild's metafiles list: name, version, licence, and the text that the licence asks to be kept. */
export function licenceNotice(metafiles) {
  const inputs = metafiles.flatMap(({ outputs }) => Object.values(outputs).flatMap((output) => Object.keys(output.inputs)));
  const folders = new Set(inputs.flatMap((input) => packageFolder(input) ?? []));
  const entries = [...folders].sort().map(entryOf);
  return [`The files of this folder contain code of ${entries.length} packages under these licences.\n`, ...entries].join(
    `\n${"-".repeat(80)}\n\n`,
  );
}

// The folder of the package that a bundled file is from: the last node_modules in its path counts.
function packageFolder(input) {
  const [, folder] = /^(?:[^:]*:)?(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input) ?? [];
  return folder && relative(".", folder);
}

function entryOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
  const texts = files.map((file) => readFileSync(join(folder, file), "utf8").trim());
  if (texts.length === 0 && !license) throw new Error(`Cannot bundle "${name}": it has no licence; leave it out`);
  return `${name} ${version} (${license ?? "see below"})\n\n${texts.join("\n\n") || `It comes without a licence text; its package.json says ${license}.`}\n`;
}
