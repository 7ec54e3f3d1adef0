import fc from "fast-check";
import { expect, test } from "vitest";
import { AttachDecoder } from "../../../src/sandbox/docker/attach-stream.ts";

const writes = fc.array(fc.record({ stream: fc.constantFrom("stdout", "stderr"), bytes: fc.uint8Array({ maxLength: 50 }) }), {
  maxLength: 8,
});

function encode(stream: string, bytes: Uint8Array): Buffer {
  const header = Buffer.alloc(8);
  header[0] = stream === "stderr" ? 2 : 1;
  header.writeUInt32BE(bytes.length, 4);
  return Buffer.concat([header, bytes]);
}

test("each stream is complete and in order, however the connection splits it", () => {
  fc.assert(
    fc.property(writes, fc.integer({ min: 1, max: 20 }), (written, size) => {
      const connection = Buffer.concat(written.map(({ stream, bytes }) => encode(stream, bytes)));
      const decoder = new AttachDecoder();
      const seen = { stdout: "", stderr: "" };

      for (let start = 0; start < connection.length; start += size) {
        for (const { stream, bytes } of decoder.push(connection.subarray(start, start + size))) seen[stream] += bytes.toString("hex");
      }

      for (const name of ["stdout", "stderr"] as const) {
        const expected = written.filter(({ stream }) => stream === name).map(({ bytes }) => Buffer.from(bytes).toString("hex"));
        expect(seen[name]).toBe(expected.join(""));
      }
    }),
  );
});
