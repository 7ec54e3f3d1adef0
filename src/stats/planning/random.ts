const SEED = 0x2545f491;

/**
 * Makes a stream of uniform numbers between 0 and 1 that is the same in every process: what is planned with it, and an interval that rests on it, must not change
 * when it is asked for again.
 *
 * @see Doty-Humphrey 2010 (PractRand, sfc32)
 */
export function fixedUniforms(seed = SEED): () => number {
  let [a, b, c, counter] = [seed | 0, 0x9e3779b9 | 0, 0x243f6a88 | 0, 1];
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return ((sum >>> 0) + 0.5) / 4294967296;
  };
  for (let warming = 0; warming < 12; warming++) next();
  return next;
}
