// Sends an event for each test that node:test reports.
import { readFileSync, writeSync } from "node:fs";

const events = Number(process.env.BENCH_EVENTS);
const { secret, judge } = JSON.parse(readFileSync(Number(process.env.BENCH_PLAN), "utf8"));

function send(event) {
  writeSync(events, `${JSON.stringify({ ...event, secret })}\n`);
}

export default async function* report(source) {
  const names = [];
  for await (const { type, data } of source) {
    if (type === "test:start") names.splice(data.nesting, names.length, data.name);
    if (type !== "test:pass" && type !== "test:fail") continue;
    if (data.details?.type === "suite" || (data.nesting === 0 && data.file === undefined)) continue;
    const name = [...names.slice(0, data.nesting), data.name].join(" > ");
    const status = type === "test:fail" ? "failed" : data.skip !== undefined || data.todo !== undefined ? "skipped" : "passed";
    const message = data.details?.error?.message ?? null;
    send({ kind: "test", name: judge.canaries[name] ?? `${judge.file} > ${name}`, status, message, durationMs: data.details?.duration_ms });
  }
  send({ kind: "end" });
}
