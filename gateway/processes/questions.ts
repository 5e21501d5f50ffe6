import type { Authority, ExactAnswer, LeaseAnswer } from "#gateway/limit/index.ts";
import type { FromWorker, ToWorker } from "./messages.ts";
import type { NonceUse } from "./nonce-questions.ts";

type Answer = Extract<ToWorker, { type: "answer" }>["value"];

/** A worker's questions to the primary, paired with their answers by number. */
export class Questions {
  readonly #send: (message: FromWorker) => void;
  readonly #open = new Map<number, (answer: Answer) => void>();
  #next = 1;

  constructor(send: (message: FromWorker) => void) {
    this.#send = send;
  }

  /** Resolves with the primary's answer. If the primary dies, so does this process: no question stays open. */
  ask(question: (id: number) => FromWorker): Promise<Answer> {
    return new Promise((resolve) => {
      const id = this.#next++;
      this.#open.set(id, resolve);
      this.#send(question(id));
    });
  }

  answer(id: number, value: Answer): void {
    this.#open.get(id)?.(value);
    this.#open.delete(id);
  }

  /** The primary's own counts, as an authority. Each kind of question has one kind of answer. */
  authority(): Authority {
    return {
      take: (request) => this.ask((id) => ({ type: "lease", id, request })) as Promise<LeaseAnswer>,
      takeExactly: (buckets, outage) =>
        this.ask((id) => ({ type: "exact", id, buckets, outage })) as Promise<ExactAnswer>,
      giveBack: (refund) => this.#send({ type: "giveBack", refund }),
    };
  }

  /** Whether each is used for the first time by any worker of this node. */
  askNonces(uses: readonly NonceUse[]): Promise<readonly boolean[]> {
    return this.ask((id) => ({ type: "nonces", id, uses })) as Promise<readonly boolean[]>;
  }
}
