export function slugify(title: string): string {
  throw new Error(`not written yet: ${title}`);
}
