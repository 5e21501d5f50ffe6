/** Letters of the default set-up. The page `/outbox` is their only reader. */
import { consoleDeps } from "../deps.ts";
import { readOutbox } from "./send-letter.ts";

export const listLetters = async () => readOutbox(await consoleDeps());
