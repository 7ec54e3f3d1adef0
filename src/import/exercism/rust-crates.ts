import { isFile } from "../../files/folder.ts";
import { type Place, placeInside } from "../../files/place.ts";
import { linesOf } from "./requirement-lines.ts";

// Where a Rust exercise says which crates its reference needs, if they are more than the exercise names.
const EXAMPLE_MANIFEST = ".meta/Cargo-example.toml";

type Version = readonly [number, number, number];

// The crates that the image has, which are Debian's.
const CRATES: Readonly<Record<string, Version>> = {
  anyhow: [1, 0, 69],
  itertools: [0, 10, 3],
  "num-bigint": [0, 4, 3],
  "num-traits": [0, 2, 15],
  pretty_assertions: [1, 3, 0],
  rand: [0, 8, 5],
  regex: [1, 7, 1],
  thiserror: [1, 0, 38],
  time: [0, 3, 9],
};

// Versions that published references ask for and the image does not have; what they call is the same in the image's, which takes their place.
const REPLACED: Readonly<Record<string, readonly string[]>> = {
  itertools: ["0.5", "0.14.0"],
  "num-bigint": ["0.4.4"],
  "num-traits": ["0.2.16"],
  regex: ["0.2"],
};

/** Says why an exercise in Rust cannot be built in a sandbox without network; null when nothing is in the way. */
export function rustObstacle(folder: Place): string | null {
  const crates = ["Cargo.toml", EXAMPLE_MANIFEST].flatMap((path) => cratesOf(linesOf(folder, path)));
  const isThere = ({ name, version }: Dependency) => isReplaced(name, version) || satisfies(versionOf(name), version);
  return crates.every(isThere) ? null : "need crates that would have to be downloaded";
}

/** Names the manifest that an exercise is built with: the one that has the crates of its reference, where there are two. */
export function manifestOf(folder: Place): string {
  return isFile(placeInside(folder, EXAMPLE_MANIFEST)) ? EXAMPLE_MANIFEST : "Cargo.toml";
}

/** Puts the image's version of a crate into a manifest for one that the image does not have but can stand in for. */
export function withImageVersions(manifest: string): string {
  return manifest.replace(/^([\w-]{1,64}) = "([^"\n]{1,64})"$/gm, (line: string, name: string, version: string) =>
    isReplaced(name, version) ? `${name} = "${versionOf(name)?.join(".")}"` : line,
  );
}

function isReplaced(name: string, version: string): boolean {
  return Object.hasOwn(REPLACED, name) && REPLACED[name]?.includes(version) === true;
}

function versionOf(crate: string): Version | undefined {
  return Object.hasOwn(CRATES, crate) ? CRATES[crate] : undefined;
}

type Dependency = { readonly name: string; readonly version: string };

// Manifests of exercises are short: a section, and a line for each crate.
function cratesOf(manifest: readonly string[]): readonly Dependency[] {
  const crates: Dependency[] = [];
  let isListed = false;
  for (const line of manifest) {
    const section = /^\[([^\]]+)\]$/.exec(line)?.[1];
    if (section !== undefined) {
      isListed = /(?:^|-)dependencies$/.test(section);
      const crate = /(?:^|-)dependencies\.(.+)$/.exec(section)?.[1];
      if (crate !== undefined) crates.push({ name: crate, version: "told elsewhere" });
    } else if (isListed && /^[\w-]/.test(line)) crates.push(crateOf(line));
  }
  return crates;
}

function crateOf(line: string): Dependency {
  const [name = "", value = ""] = [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)].map((part) => part.trim());
  const version = /^"([^"]+)"$/.exec(value)?.[1] ?? /\bversion ?= ?"([^"]+)"/.exec(value)?.[1];
  return { name, version: version ?? "none" };
}

// What Cargo takes a plain version for: at least this one, with the same first number that is not zero.
function satisfies(has: Version | undefined, version: string): boolean {
  if (has === undefined) return false;
  if (version === "*") return true;
  if (!/^\^?\d+(?:\.\d+){0,2}$/.test(version)) return false;
  const wanted = version.replace("^", "").split(".").map(Number);
  const decisive = wanted.findIndex((number) => number > 0);
  if (decisive < 0 || wanted.slice(0, decisive + 1).some((number, index) => number !== has[index])) return false;
  const differing = wanted.findIndex((number, index) => number !== has[index]);
  return differing < 0 || (wanted[differing] ?? 0) < (has[differing] ?? 0);
}
