/** A template that cannot be used, with the place of the fault, counted from 1. */
export class TemplateError extends Error {
  name = "TemplateError";

  constructor(message, { line, column }) {
    super(`line ${line}, column ${column}: ${message}`);
    this.line = line;
    this.column = column;
  }
}
