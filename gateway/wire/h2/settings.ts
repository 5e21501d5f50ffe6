import { DEFAULT_WINDOW, MAX_FRAME_BYTES, MAX_WINDOW, SessionError, settingsFrame, windowFrame } from "./frames.ts";

/** RFC 9113, 6.5.2. */
const SETTING = {
  tableBytes: 1,
  enablePush: 2,
  maxStreams: 3,
  initialWindow: 4,
  maxFrameBytes: 5,
  maxListBytes: 6,
  /** RFC 8441, 3. */
  enableConnect: 8,
} as const;

/** Streams that one client may have open at once, and so the connections to upstreams that it can hold (RFC 9113, 6.5.2: no less). */
export const MAX_STREAMS = 100;
/** Bytes that a client may send ahead on one stream, and on all of them together, before somebody takes them. */
export const STREAM_WINDOW = 256 * 1_024;
export const SESSION_WINDOW = 1_024 * 1_024;

/** The first frames of a server: its settings, and the session's window, which is no setting. */
export function greeting(maxHeadBytes: number): string {
  const settings: [number, number][] = [
    [SETTING.maxStreams, MAX_STREAMS],
    [SETTING.initialWindow, STREAM_WINDOW],
    [SETTING.maxListBytes, maxHeadBytes],
    [SETTING.enableConnect, 1],
  ];
  return settingsFrame(settings) + windowFrame(0, SESSION_WINDOW - DEFAULT_WINDOW);
}

/** What a client asks of this side that changes what it does. */
export interface PeerSettings {
  onTableBytes(bytes: number): void;
  onInitialWindow(bytes: number): void;
}

/** Reads a SETTINGS frame's payload, `data` from `start` to `end`. What is not known is passed over (RFC 9113, 6.5.2). */
export function readSettings(data: Buffer, start: number, end: number, peer: PeerSettings): void {
  if ((end - start) % 6 !== 0) throw new SessionError("frameSize", "SETTINGS is not a whole number of settings.");
  for (let at = start; at < end; at += 6) {
    const value = data.readUInt32BE(at + 2);
    switch (data.readUInt16BE(at)) {
      case SETTING.tableBytes:
        peer.onTableBytes(value);
        break;
      case SETTING.enablePush:
        if (value > 1) throw new SessionError("protocol", "SETTINGS_ENABLE_PUSH is neither 0 nor 1.");
        break;
      case SETTING.initialWindow:
        if (value > MAX_WINDOW) throw new SessionError("flowControl", "SETTINGS_INITIAL_WINDOW_SIZE is too large.");
        peer.onInitialWindow(value);
        break;
      case SETTING.maxFrameBytes:
        if (value < MAX_FRAME_BYTES || value > 0xffffff)
          throw new SessionError("protocol", "SETTINGS_MAX_FRAME_SIZE is out of its range.");
        break;
    }
  }
}
