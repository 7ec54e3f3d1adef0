import { MAX_RECORDED_CHARS } from "./bounds.ts";

// Pieces are joined in blocks of this size: a piece of one character would otherwise take thirty times its length.
const BLOCK_CHARS = 64 * 1024;

/** Gathers text from pieces of any size, in time and memory that grow with its length alone. */
export class TextGatherer {
  #blocks: string[] = [];
  #tail = "";
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(text: string): void {
    this.#tail += text;
    this.#length += text.length;
    if (this.#tail.length < BLOCK_CHARS) return;
    this.#blocks.push(flat(this.#tail));
    this.#tail = "";
  }

  /** Returns the text and starts again with none. */
  take(): string {
    const all = this.#blocks.length === 0 ? this.#tail : this.#blocks.join("") + this.#tail;
    this.#blocks = [];
    this.#tail = "";
    this.#length = 0;
    return all;
  }
}

/** The engine keeps joined text as a tree of its pieces until a character of it is read. */
function flat(text: string): string {
  text.charCodeAt(0);
  return text;
}

const MAX_HEAD_CHARS = (MAX_RECORDED_CHARS * 3) / 4;
const MAX_TAIL_CHARS = MAX_RECORDED_CHARS - MAX_HEAD_CHARS;
// More than the longest spelling of a key: half a key at a cut would not be recognized as one.
const CUT_MARGIN_CHARS = 64 * 1024;

/** Keeps the beginning and the end of a text that may be long: of a stream these say who answered, how it ended and what was used. */
export class TextRecorder {
  readonly #head = new TextGatherer();
  #tail: string[] = [];
  #tailLength = 0;
  #block = new TextGatherer();
  #omitted = 0;

  add(text: string): void {
    const room = MAX_HEAD_CHARS - this.#head.length;
    if (room > 0) this.#head.add(text.slice(0, room));
    for (let at = Math.max(0, room); at < text.length; at += BLOCK_CHARS) this.#addToTail(text.slice(at, at + BLOCK_CHARS));
  }

  #addToTail(text: string): void {
    this.#block.add(text);
    if (this.#block.length < BLOCK_CHARS) return;
    const block = this.#block.take();
    this.#tail.push(block);
    this.#tailLength += block.length;
    while (this.#tailLength - (this.#tail[0]?.length ?? 0) >= MAX_TAIL_CHARS) {
      const dropped = this.#tail.shift()?.length ?? 0;
      this.#tailLength -= dropped;
      this.#omitted += dropped;
    }
  }

  /** Returns what was kept, passed through `redact`, which must see a key whole; a line in the middle says how many characters are left out. */
  async text(redact: (text: string) => Promise<string>): Promise<string> {
    const head = this.#head.take();
    const tail = this.#tail.join("") + this.#block.take();
    if (this.#omitted === 0) return redact(head + tail);
    const [start, end] = [await redact(head), await redact(tail)];
    const omitted = this.#omitted + 2 * CUT_MARGIN_CHARS;
    return `${start.slice(0, -CUT_MARGIN_CHARS)}\n[${omitted.toLocaleString("en-US")} characters left out]\n${end.slice(CUT_MARGIN_CHARS)}`;
  }
}
