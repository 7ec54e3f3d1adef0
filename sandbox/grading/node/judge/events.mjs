/** The events of one run: lines of JSON that the supervisor reads, each with the secret of this run. */

import fs from "node:fs";

const { readFileSync, writeSync, closeSync } = fs;
const { parse, stringify } = JSON;
const toBytes = Buffer.from;

let secret = null;
let descriptor = null;

/** Reads the plan of this run and takes its descriptors out of the environment; null in a process that has none. */
export function readPlan() {
  const { BENCH_PLAN: plan, BENCH_EVENTS: events } = process.env;
  if (plan === undefined || events === undefined) return null;
  delete process.env.BENCH_PLAN;
  delete process.env.BENCH_EVENTS;
  descriptor = Number(events);
  const { secret: own, ...rest } = parse(readFileSync(Number(plan), "utf8"));
  closeSync(Number(plan));
  secret = own;
  return rest;
}

/** Sends one event. */
export function send(event) {
  const bytes = toBytes(`${stringify({ ...event, secret })}\n`);
  for (let done = 0; done < bytes.length; ) {
    try {
      done += writeSync(descriptor, bytes, done);
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
    }
  }
}
