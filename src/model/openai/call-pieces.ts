import { checkBound, MAX_CALLS } from "../answer/bounds.ts";
import { JsonEnd } from "../answer/json-end.ts";
import { isRecord, type JsonRecord, numberIn, stringIn } from "../json.ts";

type Call = {
  readonly index: number | null;
  /** The ids of its pieces; the first is the call's. */
  readonly ids: Set<string>;
  readonly fields: Record<string, unknown>;
  readonly fn: Record<string, unknown>;
  args: string;
  readonly end: JsonEnd;
  /** Whether its name came once more, with nothing, after it was whole: another call of the tool, if more comes. */
  isNamedAgain: boolean;
};

/** A piece as it came: what is missing or empty is null. */
type Piece = {
  readonly index: number | null;
  readonly id: string | null;
  readonly name: string | null;
  readonly args: string;
  /** Whether the arguments came as an object, all at once. */
  readonly isWhole: boolean;
  readonly rest: JsonRecord;
  readonly fn: JsonRecord;
};

/** The beginning of arguments, also of those that are encoded twice. */
const BEGINS_OBJECT = /^\s*"?\{/;

/**
 * Joins the pieces of streamed tool calls as servers really send them: with one index for all calls, with indexes that begin anywhere, without ids, with an id that changes
 * from piece to piece, with the name in every piece, with arguments as objects, interleaved. Index and id tell calls apart where they differ from call to call; where they
 * do not, a new name begins a call, and the same name begins another one when the arguments so far are whole.
 */
export class CallPieces {
  readonly #calls: Call[] = [];
  readonly #byIndex = new Map<number, Call>();
  readonly #byId = new Map<string, Call>();

  /** The calls joined so far, with all fields of their pieces. */
  calls(): readonly JsonRecord[] {
    return this.#calls.map(({ fields, fn, args }) => ({ ...fields, function: { ...fn, arguments: args } }));
  }

  /** Whether the arguments of every call are whole, or none were begun. */
  get isWhole(): boolean {
    return this.#calls.every(({ args, end }) => args.trim() === "" || end.isWhole);
  }

  /** Adds a piece; throws OverBound for too many calls. */
  add(raw: JsonRecord): void {
    const piece = read(raw);
    const call = piece.name === null ? this.#continued(piece) : this.#named(piece);
    call.isNamedAgain = piece.name !== null && piece.args === "" && call.end.isWhole;
    addArguments(call, piece);
    Object.assign(call.fields, filled(piece.rest), call.fields["id"] !== undefined && { id: call.fields["id"] });
    Object.assign(call.fn, filled(piece.fn), call.fn["name"] !== undefined && { name: call.fn["name"] });
    if (piece.id === null) return;
    call.ids.add(piece.id);
    this.#byId.set(piece.id, call);
  }

  /** The call of a piece that has a name, which begins one unless it repeats the name of one that goes on. */
  #named(piece: Piece): Call {
    const { index, id } = piece;
    const sameId = id === null ? undefined : this.#byId.get(id);
    const open = (sameId?.index === index ? sameId : undefined) ?? (index === null ? this.#calls.at(-1) : this.#byIndex.get(index));
    return open !== undefined && goesOn(open, piece) ? open : this.#begun(index);
  }

  /** The call of a piece without a name: one that it continues, if there is any. */
  #continued(piece: Piece): Call {
    const { index, id } = piece;
    const sameId = id === null ? undefined : this.#byId.get(id);
    const sameIndex = index === null ? undefined : this.#byIndex.get(index);
    const isSameId = sameId !== undefined && (sameIndex === undefined || sameId.index === index);
    const open = isSameId ? sameId : (sameIndex ?? (index !== null && id !== null ? undefined : this.#calls.at(-1)));
    if (open !== undefined && !beginsAnother(open, piece)) return open;
    const call = this.#begun(index);
    if (open?.isNamedAgain === true) Object.assign(call.fn, { name: open.fn["name"] });
    return call;
  }

  #begun(index: number | null): Call {
    const call: Call = { index, ids: new Set(), fields: {}, fn: {}, args: "", end: new JsonEnd(), isNamedAgain: false };
    this.#calls.push(call);
    checkBound(this.#calls.length, MAX_CALLS, "the answer has too many tool calls");
    if (index !== null) this.#byIndex.set(index, call);
    return call;
  }
}

/** Adds the arguments of a piece; those that come once more, and those that follow an empty object, take the place of what was there. */
function addArguments(call: Call, { args, isWhole }: Piece): void {
  if (call.end.isWhole && args !== "" && (args === call.args || isWhole || call.args.trim() === "{}")) {
    call.args = "";
    call.end.reset();
  }
  call.args += args;
  call.end.add(args);
}

/** Whether a piece holds the beginning of other arguments than the whole ones of a call. */
function beginsAnother({ args: before, end }: Call, { args, isWhole }: Piece): boolean {
  return end.isWhole && BEGINS_OBJECT.test(args) && !isWhole && args !== before && before.trim() !== "{}";
}

/** Whether a piece with a name continues an open call: one that has no name yet, or one of that name that is neither of another id nor whole already. */
function goesOn(call: Call, piece: Piece): boolean {
  const { fn, ids, end } = call;
  const { name, id, args } = piece;
  if (fn["name"] === undefined) return true;
  if (fn["name"] !== name) return false;
  const beginsObject = BEGINS_OBJECT.test(args);
  const isOther = id !== null && ids.size > 0 && !ids.has(id);
  if (isOther) return end.isOpen && !beginsObject;
  return id === null ? !(end.isWhole && beginsObject) : !beginsAnother(call, piece);
}

function read(raw: JsonRecord): Piece {
  const { index: _index, function: rawFunction, ...rest } = raw;
  const fn = isRecord(rawFunction) ? rawFunction : {};
  const given = fn["arguments"];
  const isWhole = isRecord(given);
  return {
    index: numberIn(raw, "index"),
    id: stringIn(raw, "id") || null,
    name: stringIn(fn, "name") || null,
    args: isWhole ? JSON.stringify(given) : typeof given === "string" ? given : "",
    isWhole,
    rest,
    fn,
  };
}

/** The fields that have a value. */
function filled(record: JsonRecord): JsonRecord {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null && value !== "" && value !== undefined));
}
