import type { Api } from "../../src/core/model.ts";

/** What the upstream's model says in one turn, and what the upstream counts for it. `input` includes what was read from and written to the cache. */
export type UpstreamTurn = {
  readonly text: string;
  readonly calls: readonly { readonly id: string; readonly name: string; readonly args: Readonly<Record<string, unknown>> }[];
  readonly finish: "stop" | "calls" | "length" | "refusal";
  readonly usage: { readonly input: number; readonly cacheRead: number; readonly cacheWrite: number; readonly output: number };
};

/** One body as it goes over the wire. */
type Body = { readonly contentType: string; readonly text: string };

/** Writes a turn as the API that was asked for says it, whole or as a stream. `includeUsage` is what `stream_options` of Chat Completions asked for. */
export function bodyOf(
  api: Exclude<Api, "scripted" | "gemini">,
  turn: UpstreamTurn,
  asked: { model: string; stream: boolean; includeUsage: boolean },
): Body {
  const { model, stream } = asked;
  const encoders = {
    "openai-chat": () => (stream ? chatStream(turn, model, asked.includeUsage) : chatWhole(turn, model)),
    "openai-responses": () => (stream ? responsesStream(turn, model) : responsesWhole(turn, model)),
    anthropic: () => (stream ? messageStream(turn, model) : messageWhole(turn, model)),
  };
  const body = encoders[api]();
  if (!Array.isArray(body)) return { contentType: "application/json", text: JSON.stringify(body) };
  return { contentType: "text/event-stream", text: body.map(eventText).join("") };
}

function eventText(event: unknown): string {
  if (typeof event === "string") return `data: ${event}\n\n`;
  const type = (event as { type?: string }).type;
  return `${type === undefined ? "" : `event: ${type}\n`}data: ${JSON.stringify(event)}\n\n`;
}

function chatUsage({ usage: { input, cacheRead, cacheWrite, output } }: UpstreamTurn): unknown {
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: cacheRead, ...(cacheWrite > 0 && { cache_write_tokens: cacheWrite }) },
  };
}

const CHAT_FINISH = { stop: "stop", calls: "tool_calls", length: "length", refusal: "content_filter" };

function chatWhole(turn: UpstreamTurn, model: string): unknown {
  const calls = turn.calls.map(({ id, name, args }) => ({ id, type: "function", function: { name, arguments: JSON.stringify(args) } }));
  const message = { role: "assistant", content: turn.text || null, ...(calls.length > 0 && { tool_calls: calls }) };
  const choices = [{ index: 0, message, finish_reason: CHAT_FINISH[turn.finish] }];
  return { id: "chatcmpl-up", object: "chat.completion", created: 1_700_000_000, model, choices, usage: chatUsage(turn) };
}

function chatStream(turn: UpstreamTurn, model: string, includeUsage: boolean): unknown[] {
  const head = { id: "chatcmpl-up", object: "chat.completion.chunk", created: 1_700_000_000, model };
  const chunk = (delta: unknown, finish: string | null = null): unknown => ({
    ...head,
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
  const pieces = turn.calls.flatMap(({ id, name, args }, index) => {
    const text = JSON.stringify(args);
    const half = Math.ceil(text.length / 2);
    return [
      chunk({ tool_calls: [{ index, id, type: "function", function: { name, arguments: "" } }] }),
      chunk({ tool_calls: [{ index, function: { arguments: text.slice(0, half) } }] }),
      chunk({ tool_calls: [{ index, function: { arguments: text.slice(half) } }] }),
    ];
  });
  const words = turn.text.match(/\S+\s*/g) ?? [];
  return [
    chunk({ role: "assistant", content: "" }),
    ...words.map((content) => chunk({ content })),
    ...pieces,
    chunk({}, CHAT_FINISH[turn.finish]),
    ...(includeUsage ? [{ ...head, choices: [], usage: chatUsage(turn) }] : []),
    "[DONE]",
  ];
}

type Item = { readonly id: string; readonly type: string; readonly [key: string]: unknown };

function responsesItems({ text, calls }: UpstreamTurn): Item[] {
  const content = [{ type: "output_text", text, annotations: [] }];
  return [
    ...(text === "" ? [] : [{ id: "msg_up", type: "message", role: "assistant", status: "completed", content }]),
    ...calls.map(({ id, name, args }) => ({
      id: `fc_${id}`,
      type: "function_call",
      status: "completed",
      call_id: id,
      name,
      arguments: JSON.stringify(args),
    })),
  ];
}

function responsesWhole(turn: UpstreamTurn, model: string, output = responsesItems(turn)): Record<string, unknown> {
  const { input, cacheRead, cacheWrite, output: outputTokens } = turn.usage;
  const reasons: Partial<Record<UpstreamTurn["finish"], string>> = { length: "max_output_tokens", refusal: "content_filter" };
  const reason = reasons[turn.finish];
  return {
    id: "resp_up",
    object: "response",
    created_at: 1_700_000_000,
    model,
    status: reason === undefined ? "completed" : "incomplete",
    error: null,
    incomplete_details: reason === undefined ? null : { reason },
    instructions: null,
    metadata: {},
    output,
    parallel_tool_calls: true,
    temperature: 1,
    tool_choice: "auto",
    tools: [],
    top_p: 1,
    usage: {
      input_tokens: input,
      input_tokens_details: { cached_tokens: cacheRead, cache_write_tokens: cacheWrite },
      output_tokens: outputTokens,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: input + outputTokens,
    },
  };
}

function responsesStream(turn: UpstreamTurn, model: string): unknown[] {
  const whole = responsesWhole(turn, model);
  const started = { ...responsesWhole(turn, model, []), status: "in_progress", incomplete_details: null, usage: null };
  const items = responsesItems(turn).flatMap((item, index) => {
    const place = { output_index: index, item_id: item.id };
    const inside =
      item.type === "message"
        ? [
            { type: "response.content_part.added", ...place, content_index: 0, part: { type: "output_text", text: "", annotations: [] } },
            { type: "response.output_text.delta", ...place, content_index: 0, delta: turn.text, logprobs: [] },
            { type: "response.output_text.done", ...place, content_index: 0, text: turn.text, logprobs: [] },
            {
              type: "response.content_part.done",
              ...place,
              content_index: 0,
              part: { type: "output_text", text: turn.text, annotations: [] },
            },
          ]
        : [
            { type: "response.function_call_arguments.delta", ...place, delta: item["arguments"] },
            { type: "response.function_call_arguments.done", ...place, name: item["name"], arguments: item["arguments"] },
          ];
    const empty = item.type === "message" ? { content: [] } : { arguments: "" };
    return [
      { type: "response.output_item.added", output_index: index, item: { ...item, ...empty, status: "in_progress" } },
      ...inside,
      { type: "response.output_item.done", output_index: index, item },
    ];
  });
  const end = { type: whole["status"] === "completed" ? "response.completed" : "response.incomplete", response: whole };
  const events = [{ type: "response.created", response: started }, { type: "response.in_progress", response: started }, ...items, end];
  return events.map((event, index) => ({ ...event, sequence_number: index }));
}

function messageUsage({ usage: { input, cacheRead, cacheWrite, output } }: UpstreamTurn): Record<string, unknown> {
  return {
    input_tokens: input - cacheRead - cacheWrite,
    cache_read_input_tokens: cacheRead,
    cache_creation_input_tokens: cacheWrite,
    cache_creation: { ephemeral_5m_input_tokens: cacheWrite, ephemeral_1h_input_tokens: 0 },
    output_tokens: output,
    service_tier: "standard",
  };
}

const STOP_REASON = { stop: "end_turn", calls: "tool_use", length: "max_tokens", refusal: "refusal" };

function messageWhole(turn: UpstreamTurn, model: string): Record<string, unknown> {
  const content = [
    ...(turn.text === "" ? [] : [{ type: "text", text: turn.text }]),
    ...turn.calls.map(({ id, name, args }) => ({ type: "tool_use", id, name, input: args })),
  ];
  return {
    id: "msg_up",
    type: "message",
    role: "assistant",
    model,
    content,
    stop_reason: STOP_REASON[turn.finish],
    stop_sequence: null,
    usage: messageUsage(turn),
  };
}

function messageStream(turn: UpstreamTurn, model: string): unknown[] {
  const whole = messageWhole(turn, model);
  const blocks = (whole["content"] as readonly Record<string, unknown>[]).flatMap((block, index) => {
    const isText = block["type"] === "text";
    const delta = isText
      ? { type: "text_delta", text: block["text"] }
      : { type: "input_json_delta", partial_json: JSON.stringify(block["input"]) };
    return [
      { type: "content_block_start", index, content_block: isText ? { type: "text", text: "" } : { ...block, input: {} } },
      { type: "content_block_delta", index, delta },
      { type: "content_block_stop", index },
    ];
  });
  const usage = messageUsage(turn);
  return [
    { type: "message_start", message: { ...whole, content: [], stop_reason: null, usage: { ...usage, output_tokens: 1 } } },
    ...blocks,
    {
      type: "message_delta",
      delta: { stop_reason: whole["stop_reason"], stop_sequence: null },
      usage: { output_tokens: usage["output_tokens"] },
    },
    { type: "message_stop" },
  ];
}
