export async function confirmRun(_a: unknown, _t: unknown): Promise<boolean> {
  return true;
}
