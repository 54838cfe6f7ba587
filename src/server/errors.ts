const brand = Symbol.for('holdfast.error');

/** What the server part throws at its own caller: a stable `code`, and a `hint` that says what to do (ER-1). */
export class ServerError extends Error {
  override readonly name: string = 'ServerError';
  readonly code: string;
  readonly hint: string;

  constructor(code: string, message: string, hint: string) {
    super(message);
    this.code = code;
    this.hint = hint;
    Object.defineProperty(this, brand, { value: true });
  }
}
