/** Lets parts that are made before the supervisor say that it should look now; before it is there nobody listens. */
export class WakeUp {
  #listener: () => void = () => undefined;

  readonly ring = (): void => this.#listener();

  answerWith(listener: () => void): void {
    this.#listener = listener;
  }
}
