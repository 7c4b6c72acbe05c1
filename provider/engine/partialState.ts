import { PatchbayError } from "../errors";

/**
 * The call did something and did not reach its end. The engine records id and state, marks the resource as not
 * well, and calls `update` at the next run, which goes on from there.
 */
export class PartialStateError extends PatchbayError {
  override readonly name = "PartialStateError";
  readonly #id: string;
  readonly #state: object;
  constructor(message: string, id: string, state: object) {
    super(message);
    this.#id = id;
    this.#state = state;
  }
  // Behind methods: a state may hold keys, and a printed error shows its fields.
  partialId(): string {
    return this.#id;
  }
  partialState(): object {
    return this.#state;
  }
}
