/** As much of a browser's as one origin needs. */
export class CookieJar {
  readonly #cookies = new Map<string, string>();

  keep(answer: Response): void {
    for (const line of answer.headers.getSetCookie()) {
      const [name = "", value = ""] = line.split(";", 1)[0]!.split(/=(.*)/s);
      this.#cookies.set(name, value);
    }
  }

  header(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  /** Under the plain name, or with the prefix that it has over TLS. */
  has(name: string): boolean {
    return Boolean(this.#cookies.get(name) ?? this.#cookies.get(`__Secure-${name}`));
  }
}
