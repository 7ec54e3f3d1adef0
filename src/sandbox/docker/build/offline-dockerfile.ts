import { DockerfileParser, type Instruction, Keyword } from "dockerfile-ast";

/** An image that the engine has: its id, and the instructions that it adds to every build that starts from it. */
export type BaseImage = { readonly id: string; readonly triggers: readonly string[] };

/** A Dockerfile as it may be built without the network; otherwise the line at fault and why the engine would have to fetch something, or might. */
export type OfflineDockerfile =
  | { readonly kind: "offline"; readonly text: string }
  | { readonly kind: "refused"; readonly line: number; readonly problem: string };

type Step = { readonly line: number; readonly keyword: string; readonly content: string };
/** What is known before a step: arguments that a FROM may use, the names of the stages so far (null for one without), and the images of the engine. */
type Stages = {
  readonly defaults: Map<string, string>;
  readonly names: (string | null)[];
  readonly find: (name: string) => Promise<BaseImage | null>;
};

// Several times what long ones have. The parser takes time by the square of some of them: tens of milliseconds for as many.
const MAX_CHARACTERS = 30_000;
const MAX_INSTRUCTIONS = 1_000;
const KEYWORDS: ReadonlySet<string> = new Set(Object.values(Keyword));
// What could be read as an end of line or as a space by one reader and not by another: all but a plain space and a tab.
const AMBIGUOUS = /[^\P{Cc}\t]|[^\P{Z} ]/u;
const IMAGE_NAME = /^(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9_./:@-]*$/;
const STAGE_NAME = /^[a-z][a-z0-9_.-]*$/;
const SIMPLE_DEFAULT = /^([A-Za-z_]\w*)=(["']?)([\w./:@-]+)\2$/;
const FLAGS = /^(?:--[^ \t]*[ \t]*)*/;
const SPACES = /[ \t]+/;
/** Flags of COPY and ADD that change only rights. */
const RIGHTS = /^--(?:chown=[\w.:-]+|chmod=[0-7]+)$/;

/**
 * Rewrites a Dockerfile so that an engine which builds it without network also fetches nothing by itself: it would load what ADD names by address, and
 * pull what FROM and COPY --from name, over its own network. `find` looks an image up on the engine.
 *
 * The result has each instruction on a line of its own, and bases by their ids. That text is what was checked, however else the engine might read the
 * original: its continued lines, comments, here-documents and directives. What is not understood is refused.
 */
export async function offlineDockerfile(text: string, find: Stages["find"]): Promise<OfflineDockerfile> {
  const source = text.replace(/^\ufeff/, "").replaceAll("\r\n", "\n");
  if (source.includes("\r"))
    return { kind: "refused", line: 1, problem: "it has carriage returns within lines; save it with usual line ends" };
  if (source.length > MAX_CHARACTERS) return { kind: "refused", line: 1, problem: `it has more than ${MAX_CHARACTERS} characters` };
  const lines = source.split("\n");
  const dockerfile = DockerfileParser.parse(source);
  const escaper = dockerfile.getEscapeCharacter();
  const stages: Stages = { defaults: new Map(), names: [], find };
  const written: string[] = escaper === "\\" ? [] : [`# escape=${escaper}`];
  const instructions = dockerfile.getInstructions();
  if (instructions.length > MAX_INSTRUCTIONS)
    return { kind: "refused", line: 1, problem: `it has more than ${MAX_INSTRUCTIONS} instructions` };
  for (const instruction of instructions) {
    const step = stepOf(instruction, lines, escaper);
    const line = "problem" in step ? step : await offlineStep(step, stages, escaper);
    if (typeof line !== "string") return { kind: "refused", line: instruction.getRange().start.line + 1, problem: line.problem };
    written.push(line);
  }
  return { kind: "offline", text: `${written.join("\n")}\n` };
}

type Problem = { readonly problem: string };

// Joins the continued lines of an instruction as the engine does: without their comments and empty lines.
function stepOf(instruction: Instruction, lines: readonly string[], escaper: string): Step | Problem {
  const { start, end } = { start: instruction.getInstructionRange().end, end: instruction.getRange().end };
  const pieces = lines.slice(start.line, end.line + 1);
  pieces[pieces.length - 1] = pieces[pieces.length - 1]?.slice(0, end.character) ?? "";
  pieces[0] = pieces[0]?.slice(start.character) ?? "";
  const continued = new RegExp(`${escaper === "\\" ? "\\\\" : escaper}[ \\t]*$`);
  const kept = pieces.filter((piece, index) => index === 0 || !/^\s*(#|$)/.test(piece));
  if (kept.slice(0, -1).some((piece) => !continued.test(piece)))
    return { problem: "it has a here-document, which the engine's builder cannot read" };
  // One engine continues such a line, and another does not.
  if (kept.some((piece) => piece.trimEnd().endsWith(escaper.repeat(2)))) return { problem: "a line of it ends with two escape characters" };
  const content = kept
    .map((piece) => piece.replace(continued, ""))
    .join("")
    .trim();
  const keyword = instruction.getKeyword();
  if (!KEYWORDS.has(keyword)) return { problem: "it is no instruction of a Dockerfile" };
  if (AMBIGUOUS.test(content)) return { problem: "it has control characters or unusual spaces; write plain ones" };
  if (content.endsWith(escaper)) return { problem: "it ends with an escape character" };
  return { line: instruction.getRange().start.line + 1, keyword, content };
}

async function offlineStep(step: Step, stages: Stages, escaper: string): Promise<string | Problem> {
  const { keyword, content } = step;
  switch (keyword) {
    case "FROM":
      return offlineFrom(content, stages);
    case "COPY":
      return offlineCopy(content, stages);
    case "ARG":
      if (stages.names.length === 0) rememberDefault(content, stages);
      return `ARG ${content}`;
    default:
      return fetchProblem(keyword, content, escaper) ?? `${keyword} ${content}`;
  }
}

/** What an instruction fetches that names no image of its own; null when it fetches nothing. */
function fetchProblem(keyword: string, content: string, escaper: string): Problem | null {
  const [flags = ""] = FLAGS.exec(content) ?? [];
  switch (keyword) {
    case "RUN":
      return flags === "" ? null : { problem: "flags of RUN may use the network" };
    case "ADD":
      if (!areRights(flags)) return { problem: "this flag of ADD may fetch something" };
      // An address has a colon, which may also be written by a variable or behind an escape.
      return /[:$\\`]/.test(content.slice(flags.length))
        ? { problem: "ADD fetches an address, or may; use COPY for files of the folder" }
        : null;
    case "COPY":
      return areRights(flags) ? null : { problem: "this flag of COPY may fetch an image" };
    case "ONBUILD": {
      const [, trigger = "", rest = ""] = /^([A-Za-z]+)[ \t]+(?![ \t])(.*)$/.exec(content) ?? [];
      const isUsable = KEYWORDS.has(trigger.toUpperCase()) && !/^(FROM|ONBUILD|MAINTAINER)$/i.test(trigger) && !content.endsWith(escaper);
      return isUsable
        ? fetchProblem(trigger.toUpperCase(), rest, escaper)
        : { problem: "it is no instruction that a later build can have" };
    }
    default:
      return null;
  }
}

function triggerProblem(text: string): Problem | null {
  return AMBIGUOUS.test(text) ? { problem: "it has control characters" } : fetchProblem("ONBUILD", text, "\\");
}

function areRights(flags: string): boolean {
  return flags.split(SPACES).every((flag) => flag === "" || RIGHTS.test(flag));
}

async function offlineFrom(content: string, { defaults, names, find }: Stages): Promise<string | Problem> {
  const [, written = "", alias] = /^([^ \t]+)(?:[ \t]+AS[ \t]+([^ \t]+))?$/i.exec(content) ?? [];
  const name = written.replace(
    /\$(?:(\w+)|\{(\w+)\})/g,
    (all, plain?: string, braced?: string) => defaults.get(plain ?? braced ?? "") ?? all,
  );
  const stage = alias?.toLowerCase() ?? null;
  if (!IMAGE_NAME.test(name)) return { problem: "which image it names is not certain; name one that the engine has" };
  if (stage !== null && !STAGE_NAME.test(stage)) return { problem: "the name of its stage is not valid" };
  const earlier = names.includes(name.toLowerCase()) ? name.toLowerCase() : null;
  const base = earlier === null && name !== "scratch" ? await find(name) : null;
  names.push(stage);
  if (earlier === null && name !== "scratch" && base === null)
    return { problem: `the engine does not have the image ${name}; pull it first` };
  const trigger = base?.triggers.map(triggerProblem).find((problem) => problem !== null);
  if (trigger) return { problem: `the image ${name} adds an instruction to builds: ${trigger.problem}` };
  return `FROM ${base?.id ?? earlier ?? name}${stage === null ? "" : ` AS ${stage}`}`;
}

async function offlineCopy(content: string, { names, find }: Stages): Promise<string | Problem> {
  const [flags = ""] = FLAGS.exec(content) ?? [];
  const rest = content.slice(flags.length);
  const words: string[] = [];
  for (const flag of flags.split(SPACES).filter((word) => word !== "")) {
    const [, from] = /^--from=(.*)$/.exec(flag) ?? [];
    if (from === undefined && !RIGHTS.test(flag)) return { problem: "this flag of COPY may fetch an image" };
    const source = from === undefined ? flag : await sourceOf(from, names, find);
    if (source === null) return { problem: `it copies from ${from}, which is neither an earlier stage nor an image that the engine has` };
    words.push(source);
  }
  return ["COPY", ...words, rest].join(" ");
}

async function sourceOf(from: string, names: Stages["names"], find: Stages["find"]): Promise<string | null> {
  const stage = from.toLowerCase();
  // The stage that is being built cannot be copied from.
  const earlier = names.slice(0, -1);
  if (earlier.includes(stage) || (/^\d{1,3}$/.test(from) && Number(from) < earlier.length)) return `--from=${stage}`;
  const image = IMAGE_NAME.test(from) && !/^\d+$/.test(from) ? await find(from) : null;
  return image === null ? null : `--from=${image.id}`;
}

function rememberDefault(content: string, { defaults }: Stages): void {
  const [, name, , value] = SIMPLE_DEFAULT.exec(content) ?? [];
  if (name !== undefined && value !== undefined) defaults.set(name, value);
}
