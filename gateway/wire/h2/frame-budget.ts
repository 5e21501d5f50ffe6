import { SessionError } from "./frames.ts";
import { Patience } from "./patience.ts";

/** Frames in a burst and a second that nothing on the session gives a reason for. */
const FRAMES = [5_000, 500] as const;
/** A client asks how far the way is whenever something came (gRPC), and says what of its windows is free. */
const PER_PIECE = 4;
const BYTES_PER_FRAME = 2_048;

/**
 * Frames that carry no request and no body, PING, SETTINGS, PRIORITY, WINDOW_UPDATE and such that nobody knows (CVE-2019-9512,
 * 9513, 9515 and 9518), in proportion to what is sent to the client: without it they are work for nothing.
 */
export class FrameBudget {
  readonly #patience = new Patience(...FRAMES);

  /** One that carries nothing. Throws once there are too many. */
  spend(): void {
    if (!this.#patience.spend(performance.now()))
      throw new SessionError("calm", "Too many frames come that carry nothing.");
  }

  /** A request came, or a piece of so many bytes of an answer goes out. */
  earn(bytes: number): void {
    this.#patience.earn(PER_PIECE + bytes / BYTES_PER_FRAME);
  }
}
