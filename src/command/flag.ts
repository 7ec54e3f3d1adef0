import { InvalidArgumentError } from "commander";

/** The largest whole number that a flag takes: larger ones are typing errors. */
export const MAX_WHOLE_NUMBER = 1_000_000;

/** Parses a flag that takes a whole number of at least `min`. */
export function wholeNumber(min: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < min)
      throw new InvalidArgumentError(`Expected a whole number of at least ${min}.`);
    if (value > MAX_WHOLE_NUMBER) throw new InvalidArgumentError(`Expected at most ${MAX_WHOLE_NUMBER}.`);
    return value;
  };
}

/** Parses a flag that takes a positive number. */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value <= 0) throw new InvalidArgumentError("Expected a number above 0.");
  return value;
}

/** Parses percentage points, such as 3pp or 2.5 points, as a share (0.03). */
export function points(text: string): number {
  const value = Number(/^(\d+(?:\.\d+)?) ?(?:pp|pt|points?)$/.exec(text)?.[1]);
  if (!(value > 0 && value < 100)) throw new InvalidArgumentError("Expected percentage points, such as 3pp.");
  return value / 100;
}

/** Parses an increase, such as 20%, as a share (0.2). */
export function increase(text: string): number {
  const value = Number(/^(\d+(?:\.\d+)?) ?%$/.exec(text)?.[1]);
  if (!Number.isFinite(value)) throw new InvalidArgumentError("Expected a percentage, such as 20%.");
  return value / 100;
}

/** Parses a share between 0 and 1, such as 0.62 or 62%. */
export function share(text: string): number {
  const [, digits, percent] = /^(\d+(?:\.\d+)?) ?(%?)$/.exec(text) ?? [];
  const value = Number(digits) / (percent ? 100 : 1);
  if (!(value >= 0 && value <= 1)) throw new InvalidArgumentError("Expected a share, such as 0.62 or 62%.");
  return value;
}

/** Parses a risk of error, such as 0.05. */
export function risk(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value > 0 && value < 0.5))
    throw new InvalidArgumentError("Expected a number above 0 and below 0.5, such as 0.05.");
  return value;
}

/** Collects the values of a flag that may be repeated. */
export function gather(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), text];
}

/** The database of results unless --db names another. */
export const DEFAULT_DATABASE = "results/bench.db";

/** The flag that names the database. */
export const DB_FLAG = ["--db <file>", "SQLite database of results", DEFAULT_DATABASE] as const;

/** The flag that lets images of tasks be built with the network. */
export const BUILD_NETWORK_FLAG = [
  "--build-network",
  "build images from folders of tasks with the network of this machine, its own services included; without this they are built without network",
] as const;

/** The flag that puts one image in the place of another. */
export const BASE_FLAG = [
  "--base <from=image>",
  "build images of harbor, swebench and terminal-bench tasks on IMAGE where their Dockerfile says FROM, for one that cannot be pulled; it changes what is measured; may be repeated",
] as const;

/** The flag that says where the images of instances come from. */
export const IMAGES_FLAG = [
  "--images <where>",
  "images of swebench instances: a folder of Dockerfiles (NAME/Dockerfile), or what the names of images begin with, such as docker.io/swebench",
] as const;

/** The flag that says which reward passes. */
export const PASS_AT_FLAG = ["--pass-at <reward>", "the least reward that passes, for harbor tasks; default: 1"] as const;

/** The flag that allows what would be asked for. */
export const TRUST_FLAG = [
  "--trust",
  "allow what this command would ask for: sending a key to a host, building an image, writing to a database from elsewhere; nothing is remembered",
] as const;

/** Help for an argument that names an arm. */
export const ARM_HELP = "an arm: its name, model or prompt, optionally with @RUN, @TAG, @BRANCH or @BASELINE; or the name of a baseline";

/** Formats a flag as it is typed: maxDrop is --max-drop. */
export function dashed(name: string): string {
  if (name === "contextFiles") return "--no-context-files";
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
