/** The languages that `bench init` has a first task in. */
export const EXAMPLE_LANGUAGES = ["python", "typescript", "go", "rust", "java"] as const;

/** One of them. */
export type ExampleLanguage = (typeof EXAMPLE_LANGUAGES)[number];
