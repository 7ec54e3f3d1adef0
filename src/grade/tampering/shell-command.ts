/** One command of a command line: its words without quotes, the files it reads and writes by redirection, and the text of its here-document. */
export type SimpleCommand = {
  readonly words: readonly string[];
  readonly targets: readonly string[];
  readonly sources: readonly string[];
  readonly heredoc: string | null;
};

const MAX_CHARACTERS = 200_000;
const MAX_DEPTH = 3;
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t" };

/**
 * Splits a text of bash into its commands, those within `$(...)` and backticks among them.
 *
 * It knows quotes, comments, redirections and here-documents, which is enough to tell a command that touches a file from one that mentions it. What it does not know
 * (functions, expansions, `case`) comes out as words. It takes linear time and never throws, whatever the text.
 */
export function readCommands(text: string): readonly SimpleCommand[] {
  return readWithin(text.slice(0, MAX_CHARACTERS), 0);
}

function readWithin(text: string, depth: number): SimpleCommand[] {
  const reader = new CommandReader(text);
  const commands = reader.read();
  return depth === MAX_DEPTH ? commands : [...commands, ...reader.nested.flatMap((inner) => readWithin(inner, depth + 1))];
}

type Redirection = "target" | "source" | "ignored" | "heredoc" | "heredoc-tabs";
type Unfinished = { words: string[]; targets: string[]; sources: string[]; heredoc: string | null };

class CommandReader {
  readonly nested: string[] = [];
  readonly #text: string;
  readonly #commands: SimpleCommand[] = [];
  #at = 0;
  #word: string | null = null;
  #redirection: Redirection | null = null;
  #command: Unfinished = { words: [], targets: [], sources: [], heredoc: null };
  #heredocs: { readonly command: Unfinished; readonly end: string; readonly hasTabs: boolean }[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  read(): SimpleCommand[] {
    while (this.#at < this.#text.length) this.#step(this.#text[this.#at++] as string);
    this.#endCommand();
    return this.#commands;
  }

  #step(sign: string): void {
    if (sign === " " || sign === "\t" || sign === "\r") this.#endWord();
    else if (sign === "\n") this.#endLine();
    else if (sign === "\\" && this.#text[this.#at] === "\n") this.#at++;
    else if (sign === "#" && this.#word === null) this.#at = this.#indexOf("\n");
    else if (sign === ">" || (sign === "&" && this.#text[this.#at] === ">")) this.#output(sign);
    else if (sign === "<") this.#input();
    else if (";&|()".includes(sign)) this.#endCommand();
    else this.#append(this.#part(sign));
  }

  // One piece of a word: a quoted text, a substitution, or a single character.
  #part(sign: string): string {
    const next = this.#text[this.#at];
    if (sign === "'") return this.#until("'");
    if (sign === '"') return this.#doubleQuoted();
    if (sign === "`") return this.#substitution(this.#until("`"));
    if (sign === "\\") return this.#escaped();
    if (sign !== "$") return sign;
    if (next === "(") return this.#substitution(this.#balanced());
    if (next !== "'") return sign;
    this.#at++;
    return this.#until("'").replaceAll(/\\(.)/g, (_, letter: string) => ESCAPES[letter] ?? letter);
  }

  #doubleQuoted(): string {
    let inner = "";
    while (this.#at < this.#text.length) {
      const sign = this.#text[this.#at++] as string;
      if (sign === '"') break;
      if (sign === "\\") inner += this.#escaped();
      else if (sign === "`") inner += this.#substitution(this.#until("`"));
      else if (sign === "$" && this.#text[this.#at] === "(") inner += this.#substitution(this.#balanced());
      else inner += sign;
    }
    return inner;
  }

  #escaped(): string {
    const sign = this.#text[this.#at++] ?? "";
    return sign === "\n" ? "" : sign;
  }

  #substitution(inner: string): string {
    this.nested.push(inner);
    return "$(...)";
  }

  #balanced(): string {
    const start = ++this.#at;
    for (let open = 1; this.#at < this.#text.length && open > 0; this.#at++) {
      if (this.#text[this.#at] === "(") open++;
      else if (this.#text[this.#at] === ")") open--;
    }
    return this.#text.slice(start, this.#at - 1);
  }

  #until(end: string): string {
    const start = this.#at;
    const stop = this.#indexOf(end);
    this.#at = stop + 1;
    return this.#text.slice(start, stop);
  }

  #indexOf(sign: string): number {
    const index = this.#text.indexOf(sign, this.#at);
    return index === -1 ? this.#text.length : index;
  }

  #output(sign: string): void {
    // The number of a descriptor is no word: `2>file`.
    if (this.#word !== null && /^\d$/.test(this.#word)) this.#word = null;
    this.#endWord();
    if (sign === "&") this.#at++;
    while (this.#text[this.#at] === ">" || this.#text[this.#at] === "|") this.#at++;
    this.#redirection = this.#text[this.#at] === "&" ? "ignored" : "target";
    if (this.#redirection === "ignored") this.#at++;
  }

  #input(): void {
    this.#endWord();
    const rest = this.#text.slice(this.#at, this.#at + 2);
    if (rest.startsWith("(")) this.#append(this.#substitution(this.#balanced()));
    else if (rest === "<<") [this.#at, this.#redirection] = [this.#at + 2, "ignored"];
    else if (rest === "<-") [this.#at, this.#redirection] = [this.#at + 2, "heredoc-tabs"];
    else if (rest.startsWith("<")) [this.#at, this.#redirection] = [this.#at + 1, "heredoc"];
    else this.#redirection = "source";
  }

  #append(part: string): void {
    this.#word = (this.#word ?? "") + part;
  }

  #endWord(): void {
    const word = this.#word;
    if (word === null) return;
    this.#word = null;
    const redirection = this.#redirection;
    this.#redirection = null;
    if (redirection === null) this.#command.words.push(word);
    else if (redirection === "target") this.#command.targets.push(word);
    else if (redirection === "source") this.#command.sources.push(word);
    else if (redirection !== "ignored") this.#heredocs.push({ command: this.#command, end: word, hasTabs: redirection === "heredoc-tabs" });
  }

  #endCommand(): void {
    this.#endWord();
    this.#redirection = null;
    const { words, targets, sources } = this.#command;
    if (words.length + targets.length + sources.length > 0) this.#commands.push(this.#command);
    this.#command = { words: [], targets: [], sources: [], heredoc: null };
  }

  #endLine(): void {
    this.#endCommand();
    for (const { command, end, hasTabs } of this.#heredocs) command.heredoc = this.#heredoc(end, hasTabs);
    this.#heredocs = [];
  }

  #heredoc(end: string, hasTabs: boolean): string {
    const lines: string[] = [];
    while (this.#at < this.#text.length) {
      const line = this.#until("\n");
      if ((hasTabs ? line.replace(/^\t+/, "") : line).trimEnd() === end) break;
      lines.push(line);
    }
    return lines.join("\n");
  }
}
