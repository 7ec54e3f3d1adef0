import { InfraError } from "../../core/errors.ts";
import { compileRule } from "../../core/glob.ts";
import type { Layer } from "../../core/layer.ts";
import {
  type CommandExit,
  type CommandRequest,
  type CommandResult,
  type Connection,
  type DirectoryListing,
  type Export,
  type ExportRequest,
  type FileChange,
  type FileRead,
  type FilesChanged,
  type FileWritten,
  type Freeze,
  type PathQuery,
  type Sandbox,
  SandboxLost,
  WORKSPACE,
} from "../../core/sandbox.ts";
import type { SourceFile } from "../../core/task.ts";
import { type Channel, payloadOf, type Reply, type RequestBounds } from "./channel.ts";
import { batchFiles, collectExport, isPlainRelative, packChanges, refusePath } from "./file-transfer.ts";

const FILE_OPERATION_MS = 120_000;
/** What a guest may take to end by itself. */
const CLOSE_GRACE_MS = 500;
const BATCH_BYTES = 1024 * 1024;
const MAX_FILE_BYTES = 32 * 1024 * 1024;
const MAX_OUTPUT_BYTES = 32 * 1024 * 1024;
/** For replies that consist of a header. */
const NO_PAYLOAD = 0;

type GuestExit = CommandExit | { readonly kind: "aborted" };
type RunAnswer = Omit<CommandResult, "exit" | "head" | "tail"> & { readonly exit: GuestExit; readonly headBytes: number };

/** What a sandbox is made of: the channel to its guest, a function that removes it, and how long after its timeout a command may take to answer. */
export type ChannelSandboxOptions = {
  readonly id: string;
  readonly channel: Channel;
  readonly remove: () => Promise<void>;
  readonly graceMs: number;
  readonly workspace?: string;
  readonly hasTree?: boolean;
  readonly layer?: Layer | undefined;
  readonly freeze?: Freeze | undefined;
};

/** Implements Sandbox by requests to the guest over a channel. */
export class ChannelSandbox implements Sandbox {
  readonly id: string;
  readonly workspace: string;
  readonly hasTree: boolean;
  readonly layer: Layer | undefined;
  readonly freeze: Freeze | undefined;
  readonly #channel: Channel;
  readonly #remove: () => Promise<void>;
  readonly #graceMs: number;
  #closing: Promise<void> | null = null;

  constructor(options: ChannelSandboxOptions) {
    this.id = options.id;
    this.#channel = options.channel;
    this.#remove = options.remove;
    this.#graceMs = options.graceMs;
    this.workspace = options.workspace ?? WORKSPACE;
    this.hasTree = options.hasTree === true;
    this.layer = options.layer;
    this.freeze = options.freeze;
  }

  async run(request: CommandRequest, signal?: AbortSignal): Promise<CommandResult> {
    signal?.throwIfAborted();
    const { stdin, ...rest } = request;
    const maxOutputBytes = Math.min(request.maxOutputBytes, MAX_OUTPUT_BYTES);
    const bounds = { timeoutMs: request.timeoutMs + this.#graceMs, maxReplyBytes: maxOutputBytes };
    const { id, reply } = this.#channel.request({ op: "run", ...rest, maxOutputBytes }, bounds, stdin);
    const abort = () => this.#channel.kill(id, this.#graceMs);
    signal?.addEventListener("abort", abort, { once: true });
    try {
      return toCommandResult(await reply, signal);
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  async readFile(query: PathQuery, maxBytes: number): Promise<FileRead> {
    const refusal = refusePath(query.path);
    if (refusal !== null) return refusal;
    const reply = await this.#ask({ op: "read", ...query, maxBytes }, maxBytes);
    const answer = reply.answer as Omit<FileRead & { kind: "read" }, "bytes"> | Exclude<FileRead, { kind: "read" }>;
    return answer.kind === "read" ? { ...answer, bytes: payloadOf(reply) } : answer;
  }

  async writeFile(query: PathQuery, content: { readonly bytes: Uint8Array; readonly executable?: boolean }): Promise<FileWritten> {
    const refusal = refusePath(query.path);
    if (refusal !== null) return refusal;
    if (content.bytes.length > MAX_FILE_BYTES) return { kind: "too-large", sizeBytes: content.bytes.length };
    const reply = await this.#ask({ op: "write", ...query, executable: content.executable ?? null }, NO_PAYLOAD, content.bytes);
    return reply.answer as FileWritten;
  }

  async changeFiles(root: string, changes: readonly FileChange[]): Promise<FilesChanged> {
    for (const { path } of changes) {
      const refusal = refusePath(path);
      if (refusal !== null) return { ...refusal, path };
    }
    const { pieces, payload } = packChanges(changes);
    const last = changes.at(-1);
    if (payload.length > MAX_FILE_BYTES && last !== undefined) return { kind: "too-large", sizeBytes: payload.length, path: last.path };
    const reply = await this.#ask({ op: "change", root, changes: pieces }, NO_PAYLOAD, payload);
    return reply.answer as FilesChanged;
  }

  async list(
    query: PathQuery,
    options: { readonly depth: number; readonly maxEntries: number; readonly skipInside: readonly string[] },
  ): Promise<DirectoryListing> {
    const refusal = refusePath(query.path);
    if (refusal !== null) return refusal;
    const reply = await this.#ask({ op: "list", ...query, ...options }, NO_PAYLOAD);
    return reply.answer as DirectoryListing;
  }

  async putFiles(root: string, files: readonly SourceFile[]): Promise<void> {
    const bad = files.find((file) => !isPlainRelative(file.path));
    if (bad !== undefined) throw new InfraError("sandbox", `Cannot put "${bad.path}" into the sandbox: it is not a plain relative path`);
    for (const { pieces, payload } of batchFiles(files, BATCH_BYTES)) {
      const { answer } = await this.#ask({ op: "put", root, pieces }, NO_PAYLOAD, payload);
      if (answer["full"] === true) throw new SandboxLost("stopped", "No space left: the files do not fit into the folder of the sandbox");
    }
  }

  async exportFiles(request: ExportRequest): Promise<Export> {
    const filter = compileRule(request.rule);
    const { root, maxFiles, maxBytes, held = { names: [], except: [] } } = request;
    const header = { op: "export", root, maxFiles, maxBytes, ...filter, held: held.names, except: held.except };
    const reply = await this.#ask(header, maxBytes);
    return collectExport(reply, filter, request);
  }

  async fingerprint(root: string): Promise<string> {
    const { answer } = await this.#ask({ op: "fingerprint", root }, NO_PAYLOAD);
    return String(answer["sha256"]);
  }

  async serve(port: number, accept: (connection: Connection) => void): Promise<void> {
    this.#channel.serve(accept);
    const { answer } = await this.#ask({ op: "serve", port }, NO_PAYLOAD);
    if (answer["kind"] !== "serving")
      throw new InfraError(
        "sandbox",
        `Cannot serve port ${port} inside the sandbox: ${String(answer["message"])}; its image must leave it free`,
      );
  }

  close(): Promise<void> {
    this.#closing ??= this.#closeAll();
    return this.#closing;
  }

  // Removing a guest that ended by itself is cheaper than killing it.
  async #closeAll(): Promise<void> {
    await this.#channel.closeGracefully(new InfraError("sandbox", "Cannot use the sandbox: it was closed"), CLOSE_GRACE_MS);
    await this.#remove();
  }

  #ask(header: Readonly<Record<string, unknown>>, maxReplyBytes: number, payload?: Uint8Array): Promise<Reply> {
    const bounds: RequestBounds = { timeoutMs: FILE_OPERATION_MS, maxReplyBytes };
    return this.#channel.request(header, bounds, payload).reply;
  }
}

function toCommandResult(reply: Reply, signal: AbortSignal | undefined): CommandResult {
  const { exit, headBytes, omittedBytes, omittedLines, durationMs } = reply.answer as RunAnswer;
  if (exit.kind === "aborted") throw signal?.reason ?? new InfraError("sandbox", "Cannot finish the command: it was aborted");
  const output = payloadOf(reply);
  return { exit, head: output.subarray(0, headBytes), tail: output.subarray(headBytes), omittedBytes, omittedLines, durationMs };
}
