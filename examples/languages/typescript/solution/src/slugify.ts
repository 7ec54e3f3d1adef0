export function slugify(title: string): string {
  return (title.toLowerCase().match(/[a-z0-9]+/g) ?? []).join("-");
}
