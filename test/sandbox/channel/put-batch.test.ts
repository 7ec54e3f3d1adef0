import fc from "fast-check";
import { expect, test } from "vitest";
import { batchFiles } from "../../../src/sandbox/channel/put-batch.ts";

const sizes = fc.array(fc.nat(30), { maxLength: 20 });

test("batches of any size put every file together again, in order and within bounds", () => {
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 16 }), (lengths, maxBytes) => {
      const files = lengths.map((length, index) => ({
        path: `f${index}`,
        bytes: Buffer.alloc(length, index),
        executable: index % 2 === 0,
      }));
      const laid = new Map<string, Buffer>();

      for (const { pieces, payload } of batchFiles(files, maxBytes)) {
        expect(payload.length).toBeLessThanOrEqual(maxBytes);
        let start = 0;
        for (const [path, length, , offset] of pieces) {
          const before = offset === 0 ? Buffer.alloc(0) : (laid.get(path) ?? Buffer.alloc(0));
          expect(before).toHaveLength(offset);
          laid.set(path, Buffer.concat([before, payload.subarray(start, start + length)]));
          start += length;
        }
        expect(start).toBe(payload.length);
      }

      expect([...laid]).toEqual(files.map((file) => [file.path, file.bytes]));
    }),
  );
});
